// How a run is told to stop or to save. It is imported before all else, so that a signal finds its listener:
// without one SIGUSR1 opens Node's debugger. Until a run has begun there is nothing to save, and we exit at once.

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type StopSignal = keyof typeof numbers;

/** Milliseconds in which a second Ctrl-C is the same key press: npm passes on what the terminal has sent already. */
const SAME_PRESS = 1000;

let stop: StopSignal | undefined;
let saveAsked = false;
/** Whether a further Ctrl-C is meant as one. */
let impatient = false;
let log: ((line: string) => void) | undefined;

export const signals = {
  /** From now on a stop is noted for the run to see, and told to `log`. */
  begin(told: (line: string) => void): void {
    log = told;
  },
  /** The exit code that the run shall end with, once it is asked to stop. */
  get stopCode(): number | undefined {
    return stop && 128 + numbers[stop];
  },
  /** Whether a checkpoint has been asked for since the last call. */
  takeSaveRequest(): boolean {
    const asked = saveAsked;
    saveAsked = false;
    return asked;
  },
};

function ask(signal: StopSignal, why: string): void {
  if (stop !== undefined) {
    if (signal === "SIGINT" && impatient) process.exit(128 + numbers.SIGINT);
    return;
  }
  stop = signal;
  if (!log) {
    console.error(`monge: ${why} before the first step: nothing to save.`);
    process.exit(128 + numbers[signal]);
  }
  log(`${why}: stopping after this step${signal === "SIGINT" ? "; Ctrl-C again to stop at once" : ""}`);
  // A press that came while this thread was busy is heard late, but before the setImmediate that follows the timer.
  const wait = () =>
    setImmediate(() => {
      impatient = true;
    });
  setTimeout(wait, SAME_PRESS).unref();
}

process.on("SIGUSR1", () => {
  saveAsked = true;
});
process.on("SIGINT", () => ask("SIGINT", "Ctrl-C"));
process.on("SIGTERM", () => ask("SIGTERM", "SIGTERM"));
process.on("SIGHUP", () => ask("SIGHUP", "SIGHUP"));
