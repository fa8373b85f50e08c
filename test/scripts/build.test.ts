// The build: once for each state of the sources, whole or not at all, and never under the feet of a running program.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../node/temporary";

const printsItsShader = 'import word from "../../shaders/word.wgsl";\nconsole.log(word);\n';

/** A small project with the real scripts and one command, node/train. */
function project(train = printsItsShader): string {
  const root = temporaryFolder();
  chmodSync(root, 0o755); // for the test that runs as another user
  cpSync("scripts", join(root, "scripts"), { recursive: true });
  for (const [path, text] of [
    ["src/node/train.ts", train],
    ["shaders/word.wgsl", "one"],
    ["test/some.ts", ""],
    ["tsconfig.json", "{}"],
    ["package.json", '{ "type": "module" }'],
    ["package-lock.json", "{}"],
    ["node_modules/.package-lock.json", "{}"],
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const name of ["esbuild", "@esbuild"]) {
    symlinkSync(resolve("node_modules", name), join(root, "node_modules", name));
  }
  return root;
}

/** Runs Node in the project. */
function node(root: string, args: string[], user?: number) {
  const child = spawn(process.execPath, args, { cwd: root, uid: user, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk) => {
      output[name] += chunk;
    });
  }
  const ended = once(child, "close").then(([status, signal]) => ({ status, signal, ...output }));
  return { child: child as ChildProcessWithoutNullStreams, ended };
}
const train = (root: string, user?: number) => node(root, ["scripts/run.mjs", "node/train"], user);
const script = (root: string, text: string) =>
  node(root, [
    "--input-type=module",
    "--eval",
    `import { buildOnce } from "./scripts/buildOnce.mjs";${text}`,
  ]);
const succeeded = (stdout: string) => ({ status: 0, signal: null, stdout, stderr: "" });
const builds = (root: string): string[] => readdirSync(join(root, "dist"));
const change = (root: string, word: string) => writeFileSync(join(root, "shaders/word.wgsl"), word);

test("commands that start at once all find a whole build, and one is left", async () => {
  const root = project();
  const all = await Promise.all([1, 2, 3].map(() => train(root).ended));
  for (const each of all) assert.equal(each, succeeded("one\n"));
  assert.is(builds(root).length, 1);
});

test("a build is made once for each state of the sources, whichever of them changes", async () => {
  const root = project();
  const paths = [
    ...["src/node/train.ts", "src/new.ts", "shaders/word.wgsl", "test/some.ts", "tsconfig.json"],
    ...["package.json", "package-lock.json", "node_modules/.package-lock.json", "scripts/run.mjs"],
  ];
  const { stdout } = await script(
    root,
    `import { appendFileSync } from "node:fs";
    import { build } from "./scripts/build.mjs";
    for (const path of ["src/new.ts", ...${JSON.stringify(paths)}]) {
      appendFileSync(path, "\\n");
      console.log(await build(), await build());
    }`,
  ).ended;
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  for (const [first, second] of pairs) assert.is(first, second);
  assert.is(new Set(pairs.map(([first]) => first)).size, 1 + paths.length, stdout);
});

test("a build that reads a file which it does not list as a source fails and says so", async () => {
  const root = project('import "../../other/file";\n');
  mkdirSync(join(root, "other"));
  writeFileSync(join(root, "other/file.ts"), "console.log(1);\n");
  const { status, stderr } = await train(root).ended;
  assert.is(status, 1);
  assert.match(stderr, /^monge: the build failed: \S+file\.ts: read by the build, but not among the sources/);
  assert.equal(builds(root), []);
});

test("a program that loads a chunk late finds it, whatever is built meanwhile; afterwards its build may go", async () => {
  const root = project(
    'process.stdin.once("data", async () => { console.log((await import("./late")).word); process.exit(3); });\n' +
      'console.log("ready");\n',
  );
  writeFileSync(join(root, "src/node/late.ts"), 'export const word = "late";\n');
  const { child, ended } = train(root);
  await once(child.stdout, "data");
  const [first] = builds(root);
  for (const word of ["two", "three", "four"]) {
    change(root, word);
    await node(root, ["scripts/run.mjs"]).ended;
  }
  assert.is(builds(root).length, 3, "the last two, and the one in use");
  child.stdin.write("go\n");
  assert.equal(await ended, { status: 3, signal: null, stdout: "ready\nlate\n", stderr: "" });
  change(root, "five");
  await node(root, ["scripts/run.mjs"]).ended;
  change(root, "six");
  await node(root, ["scripts/run.mjs"]).ended;
  assert.is(builds(root).length, 2);
  assert.not(builds(root).includes(first));
});

test("of the builds that nobody runs the last two used stay, and what is no build is left alone", async () => {
  const root = project();
  const run = async (word: string) => {
    change(root, word);
    assert.equal(await train(root).ended, succeeded(`${word}\n`));
    return builds(root);
  };
  const [one] = await run("one");
  mkdirSync(join(root, "dist/bench"));
  mkdirSync(join(root, "dist/.partial-fresh"));
  mkdirSync(join(root, "dist/.partial-old"));
  utimesSync(join(root, "dist/.partial-old"), 0, 0);
  const two = (await run("two")).find((name) => /^\w{16}$/.test(name) && name !== one)!;
  await run("one");
  const left = await run("three");
  assert.ok(left.includes(one), "used after two was");
  assert.not(left.includes(two));
  assert.equal(left.filter((name) => name !== one && !/^\w{16}$/.test(name)).sort(), [
    ".partial-fresh",
    "bench",
  ]);
  assert.is(left.length, 4);
});

test("a kill in the middle leaves nothing that a later command takes for whole", async () => {
  const root = project();
  const killed = await script(
    root,
    `import { writeFileSync } from "node:fs";
    import { sources } from "./scripts/build.mjs";
    await buildOnce("dist", sources, (folder) => {
      writeFileSync(folder + "/half", "");
      process.kill(process.pid, "SIGKILL");
    });`,
  ).ended;
  assert.is(killed.signal, "SIGKILL");
  assert.match(builds(root).join(), /^\.partial-[^,]*$/);
  assert.equal(await train(root).ended, succeeded("one\n"));
});

test("a source that changes during the build is built in, and the name is that of the new state", async () => {
  const root = project();
  const { stdout } = await script(
    root,
    `import { readFileSync, writeFileSync } from "node:fs";
    const file = "shaders/word.wgsl";
    let builds = 0;
    const make = async (folder) => {
      writeFileSync(folder + "/built", readFileSync(file));
      if (++builds === 1) writeFileSync(file, "two");
      return [];
    };
    const folder = await buildOnce("dist", [file], make);
    console.log(builds, String(readFileSync(folder + "/built")), folder === await buildOnce("dist", [file]));`,
  ).ended;
  assert.is(stdout, "2 two true\n");
  assert.is(builds(root).length, 1);
});

test("a build that fails says in one line where, ends with 1 and leaves nothing", async () => {
  const root = project("let x = ;\nlet x = 1;\n");
  const failed = await train(root).ended;
  assert.is(failed.status, 1);
  assert.match(failed.stderr, /^monge: the build failed: src\/node\/train\.ts:1:9: Unexpected ";"[^\n]*\n$/);
  assert.equal(builds(root), []);
  rmSync(join(root, "node_modules/esbuild"));
  const { stderr } = await train(root).ended;
  assert.is(
    stderr,
    "monge: the build failed: the npm package esbuild isn't installed. Run `npm run setup`.\n",
  );
});

const asOther = process.platform === "win32" ? test.skip : test;
asOther("a build in a folder that can't be written to runs; a new one is refused in one line", async () => {
  const root = project();
  const other = process.getuid!() === 0 ? 65534 : undefined; // root may write anywhere
  await train(root).ended;
  for (const name of ["", ...builds(root)]) chmodSync(join(root, "dist", name), 0o555);
  assert.equal(await train(root, other).ended, succeeded("one\n"));
  change(root, "two");
  const { status, stderr } = await train(root, other).ended;
  for (const name of ["", ...builds(root)]) chmodSync(join(root, "dist", name), 0o755);
  assert.is(status, 1);
  assert.match(stderr, /^monge: the build failed: \S+dist: can't be written \(EACCES\)\.\n$/);
});

test("arguments, exit code and signals reach the command, which runs in the process that was started", async () => {
  const root = project(
    "console.log(process.argv.slice(2).join(), process.pid);\nsetInterval(() => {}, 1000);\n",
  );
  const { child, ended } = node(root, ["scripts/run.mjs", "node/train", "--steps", "3"]);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  assert.equal(await ended, {
    status: null,
    signal: "SIGTERM",
    stdout: `--steps,3 ${child.pid}\n`,
    stderr: "",
  });
});

test.run();
