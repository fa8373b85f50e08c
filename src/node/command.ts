// What the commands share: bad input and a GPU that said no end with one line and exit code 1, and the process exits
// by itself although Dawn would keep it alive.
import { GpuError, InputError } from "../errors";
import { outliveStream } from "./progress";

/** Runs a command's body and exits: with the code that it gives, else with 0, or with 1 after one line on what is wrong. */
export async function runCommand(body: () => Promise<unknown>): Promise<never> {
  outliveStream(process.stdout);
  outliveStream(process.stderr);
  try {
    const code = await body();
    process.exit(typeof code === "number" ? code : 0);
  } catch (error) {
    // A signal may be at the bottom of it, as when Ctrl-C has ended a child, too; its listener goes first, and exits.
    await new Promise(setImmediate);
    console.error(`monge: ${complaint(error)}`);
    process.exit(1);
  }
}

/** What is said of an error: one line, or where the mistake is the program's, the stack, which helps only there. */
export function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof InputError || error instanceof GpuError;
  return expected ? error.message.replace(/\s*\n\s*/g, " ") : (error.stack ?? error.message);
}
