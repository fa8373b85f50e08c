// The package as `npm pack` makes it, installed in an empty folder. Its dependencies are this project's own, by links,
// so that no test needs a network; `npm run check:package` has npm install them.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../node/temporary";

let folder: string | undefined;

/** The folder of a project that has the package installed; made once a process. */
export function installed(): string {
  folder ??= install();
  return folder;
}

function install(): string {
  const project = temporaryFolder();
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync("node_modules")) {
    if (!name.startsWith(".")) symlinkSync(resolve("node_modules", name), join(modules, name));
  }
  writeFileSync(join(project, "package.json"), '{ "type": "module" }\n');
  run("npm", ["pack", "--silent", "--pack-destination", project], process.cwd());
  const [tarball] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  run("tar", ["-xzf", tarball], project);
  run("mv", ["package", "node_modules/monge"], project);
  return project;
}

/** Runs a program to its end. Throws what it said where it fails. */
export function run(program: string, args: readonly string[], cwd = installed()): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...{ cwd, encoding: "utf8", timeout: 120_000 },
    shell: process.platform === "win32" && program === "npm",
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error ?? ""}${stdout}${stderr}`);
  return stdout;
}
