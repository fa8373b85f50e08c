// Shows how far a run is. On a terminal it rewrites one line in place. A pipe or a file gets only the plain lines, or one
// now and then where there are none.
// A closed pipe (`| head`) or a full disk ends the showing, not the run: its results are in files.
import type { Hear } from "../wgan/judging";

/** What is needed of a stream; process.stdout is one. */
export interface Output {
  write(text: string): unknown;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface Progress {
  /** Tells that `step` steps are done; cheap enough for every step. */
  update(step: number): void;
  /** Writes a line that stays. */
  log(line: string): void;
  /** Writes a warning to stderr. */
  warn(line: string): void;
  /** Takes the rewritten line away. */
  done(): void;
}

/** Milliseconds between two rewritings. */
const pause = 100;
/** Milliseconds between two lines into a pipe, where the work itself writes none or few. */
export const plainPause = 30_000;

/** Streams that a reporter has been made for: one listener is enough for all of these. */
const watched = new WeakSet<Output>();

/** Keeps a stream that can't be written any more from ending the process. `lost` hears why, but for a closed pipe. */
export function outliveStream(stream: Output, lost: (code: string) => void = () => {}): void {
  stream.on("error", ({ code = "?" }) => {
    if (code !== "EPIPE" && code !== "ERR_STREAM_DESTROYED") lost(code);
  });
}

/** A reporter for work that shows nothing else meanwhile: it shows itself at once, and into a pipe now and then. */
export function createSoloProgress(steps: number, stream: Output, now = () => performance.now()): Progress {
  const progress = createProgress(steps, stream, now, { between: plainPause });
  progress.update(0);
  return progress;
}

/**
 * A reporter for judging, which is done in parts: each has a line of its own, and what is left is of that part, since how
 * long another takes isn't known before it has begun.
 */
export function createJudgingProgress(
  stream: Output,
  now = () => performance.now(),
): { hear: Hear; done(): void } {
  let shown: { part: string; progress: Progress } | undefined;
  return {
    hear(part, done, of) {
      if (shown?.part !== part) {
        shown?.progress.done();
        shown = { part, progress: createSoloProgress(of, stream, now) };
        shown.progress.log(`judging: ${part}`);
      }
      shown.progress.update(done);
    },
    done() {
      shown?.progress.done();
      shown = undefined; // what is judged next is told anew
    },
  };
}

interface Pace {
  /** Milliseconds that the rate looks back on: the shorter, the sooner it follows the machine, and the more it jitters. */
  lookBack?: number;
  /** Milliseconds between two lines where the stream is no terminal. */
  between?: number;
}

/** A reporter for a run of `steps` steps; `now` gives milliseconds. */
export function createProgress(
  steps: number,
  stream: Output,
  now = () => performance.now(),
  { lookBack = 10_000, between = Number.POSITIVE_INFINITY }: Pace = {},
): Progress {
  if (!watched.has(stream)) outliveStream(stream);
  watched.add(stream);
  const marks: { step: number; time: number }[] = [];
  let shown = "";

  const erase = () => {
    if (shown) stream.write("\r\x1b[K");
    shown = "";
  };
  const show = (line: string) => {
    // A line that wraps could not be taken back. A terminal that does not know its width says 0.
    const fitting = line.slice(0, (stream.columns || 80) - 1);
    stream.write(`\r\x1b[K${fitting}`);
    shown = fitting;
  };

  return {
    update(step) {
      const time = now();
      // What came before is another kind of work, but where all of the time is to count.
      if (step === 0 && Number.isFinite(lookBack)) marks.length = 0;
      const last = marks.at(-1);
      if (last && time - last.time < (stream.isTTY ? pause : between) && step < steps) return;
      marks.push({ step, time });
      while (marks.length > 2 && time - marks[1].time > lookBack) marks.shift();
      const line = describe(step, steps, marks[0], time);
      if (stream.isTTY) show(line);
      else if (last && step < steps) stream.write(`${line}\n`);
    },
    log(line) {
      const kept = shown;
      erase();
      stream.write(`${line}\n`);
      if (kept) show(kept);
    },
    warn(line) {
      erase();
      console.error(`monge: ${line}`);
    },
    done: erase,
  };
}

function describe(step: number, steps: number, since: { step: number; time: number }, time: number): string {
  const line = `step ${step}/${steps}`;
  const rate = (step - since.step) / ((time - since.time) / 1000);
  if (!(rate > 0 && Number.isFinite(rate))) return line;
  const shownRate = rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2);
  return `${line}  ${shownRate} steps/s  ${duration((steps - step) / rate)} left`;
}

/** "1 step", "2 steps". */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Seconds as people say them: 42 s, 3 min 05 s, 2 h 07 min. */
export function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
