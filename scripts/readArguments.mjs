// Reads a command line by the command's own code, before anything is installed or built.
import { bundle } from "./build.mjs";
import { fail } from "./shell.mjs";

/** What `read` gives of the module `entry`, which does without npm packages; where it throws an InputError, that is the one line before exit code 1. */
export async function readArguments(entry, read) {
  const built = bundle({ entryPoints: [entry], write: false, banner: {} });
  const { outputFiles } = await built.catch((error) => fail(`monge: the build failed: ${error.message}`));
  const text = Buffer.from(outputFiles[0].contents).toString("base64");
  const module = await import(`data:text/javascript;base64,${text}`);
  try {
    return read(module);
  } catch (error) {
    if (error.name !== "InputError") throw error;
    return fail(`monge: ${error.message}`);
  }
}
