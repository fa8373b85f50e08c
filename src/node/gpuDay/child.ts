// Runs one program as a child process with a time limit. At the limit it is killed, with all that it has started.
import { spawn } from "node:child_process";

export interface Ran {
  /** What was wrong with how it ended: an exit code, a signal, its time limit. */
  wrong: string | undefined;
  seconds: number;
  /** What it said on stdout and stderr, the last part of it where that was much. */
  output: string;
}

/** How long a program may take to end when it is asked to; what it has is then still written. */
const GRACE_MS = 5000;
/** How long its pipes may stay open after it has ended: what it started may hold them. */
const PIPES_MS = 1000;
const MOST_OUTPUT = 100_000;

/**
 * Runs a Node program, for `seconds` at most: five seconds before that, or when `stop` tells, it is asked to end.
 */
export async function runChild(
  file: string,
  args: readonly string[],
  options: { seconds: number; cwd: string; env: NodeJS.ProcessEnv; stop: AbortSignal },
): Promise<Ran> {
  const { seconds, cwd, env, stop } = options;
  const start = performance.now();
  // A group of its own, so that the whole of it can be ended by its id; Windows has none.
  const grouped = process.platform !== "win32";
  const child = spawn(process.execPath, [file, ...args], {
    ...{ cwd, env, detached: grouped },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
  }
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (grouped) process.kill(-child.pid!, signal);
      else child.kill(signal);
    } catch {
      // It is gone already.
    }
  };
  let ended: string | undefined;
  let last: NodeJS.Timeout | undefined;
  const end = (why: string) => {
    if (ended !== undefined) return;
    ended = why;
    kill("SIGTERM");
    last = setTimeout(() => kill("SIGKILL"), GRACE_MS);
  };
  const limit = setTimeout(() => end(`ended at its limit of ${seconds} s`), 1000 * seconds - GRACE_MS);
  const stopped = () => end("stopped");
  stop.addEventListener("abort", stopped);
  const wrong = await new Promise<string | undefined>((done) => {
    child.on("error", (error) => done(error.message));
    child.on("exit", (code, signal) => {
      const wrong = code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`;
      child.on("close", () => done(wrong));
      setTimeout(() => done(wrong), PIPES_MS).unref();
    });
  });
  for (const timer of [limit, last]) clearTimeout(timer);
  stop.removeEventListener("abort", stopped);
  kill("SIGKILL"); // what it may have left
  return { wrong: ended ?? wrong, seconds: (performance.now() - start) / 1000, output };
}
