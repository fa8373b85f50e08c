// What the commands share: errors of the user's making end with one line and exit code 1, and the process exits
// by itself although Dawn would keep it alive.
import { InputError } from "../errors";
import { probeAdapter } from "./probe";
import { ignoreClosedPipe } from "./progress";

/** Runs a command's body and exits: with 0, or with 1 after one line on what is wrong. */
export async function runCommand(body: () => Promise<void>): Promise<never> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  try {
    await body();
    process.exit(0);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A stack helps only where the mistake is ours.
    console.error(`monge: ${error instanceof InputError ? error.message : (error.stack ?? error.message)}`);
    process.exit(1);
  }
}

/** What is known of the adapter before it is opened. Throws InputError when there is none. */
export function requireAdapter() {
  const adapter = probeAdapter();
  if (adapter) return adapter;
  throw new InputError(
    "no WebGPU adapter was found. `npm run setup` installs one, `npm run doctor` tells more.",
  );
}
