// Debian's Python where it is installed: python3-torch and python3-h5py are packages of the system, not of npm.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export const PYTHON = "/usr/bin/python3";

/** Whether that Python has the module. Says so in a line where it hasn't. */
export function pythonHas(module: string): boolean {
  const found = existsSync(PYTHON) && spawnSync(PYTHON, ["-c", `import ${module}`]).status === 0;
  if (!found) console.log(`skipped: ${PYTHON} has no ${module} (Debian's package python3-${module})`);
  return found;
}

/** Runs a program with arguments; gives what it printed. Throws with its complaint where it fails. */
export function python(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ["-", ...args], { input: program, encoding: "utf8" });
  if (status !== 0) throw new Error(`python: ${stderr}`);
  return stdout;
}
