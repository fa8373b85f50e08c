// What the commands share: bad input and a failing GPU end with one line and exit code 1, and the process exits although
// Dawn would keep it alive.
import { basename } from "node:path";
import { GpuError, InputError } from "../errors";
import { reason } from "./files";
import { outliveStream } from "./progress";

/**
 * Runs a command's body and exits: with the code that it gives, or with 1 after one line on what is wrong. Without a
 * code it is 0, unless what the body had to say could not be written.
 */
export async function runCommand(body: () => Promise<unknown>): Promise<never> {
  let unsaid = 0;
  outliveStream(process.stdout, (code) => {
    if (unsaid++ === 0) console.error(`monge: stdout can't be written (${code}).`);
  });
  outliveStream(process.stderr);
  const turn = () => new Promise(setImmediate); // for what streams and signals have to tell
  try {
    goToCaller(process.env);
    const code = await body();
    await turn();
    process.exit(typeof code === "number" ? code : Math.min(unsaid, 1));
  } catch (error) {
    await turn(); // a signal may be at the bottom of it, as when Ctrl-C has ended a child, too; its listener exits
    console.error(`monge: ${complaint(error)}`);
    process.exit(1);
  }
}

/**
 * npm runs a script in the project's root, and names the folder of its caller in INIT_CWD: relative paths are meant from
 * there. The variable is inherited, so it counts only where npm has started this very command.
 */
function goToCaller({ INIT_CWD: caller, npm_lifecycle_event: script }: NodeJS.ProcessEnv): void {
  if (!caller || script !== basename(process.argv[1], ".js")) return;
  try {
    process.chdir(caller);
  } catch (error) {
    throw new InputError(
      `${caller}: can't be entered (${reason(error)}); relative paths are meant from there.`,
    );
  }
}

/** What is said of an error: one line, or where the mistake is the program's, the stack, which helps only there. */
export function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof InputError || error instanceof GpuError;
  return expected ? error.message.replace(/\s*\n\s*/g, " ") : (error.stack ?? error.message);
}
