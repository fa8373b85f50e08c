// Runs the tests that need a GPU and no Node in another place than Node: bundles them, hands them out by a server of
// this machine's own, starts the browser (or Deno) on it, and writes down what comes back, test by test.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, root } from "./shell.mjs";

/** The folders of test/ whose tests need no Node. */
export const rooms = ["gpu", "kernels", "autograd", "nn", "face", "formats", "tuning", "wgan"];

/**
 * What the command line asks for: test files whose path matches, and a file to write the results to; or the numbers of
 * docs/drivers in the place of tests.
 */
function readArguments(name) {
  const rest = process.argv.slice(2);
  if (rest.join() === "--numbers") return { numbers: join(root, "docs/drivers", `${name}.json`) };
  const at = rest.indexOf("--json");
  const [, json] = at < 0 ? [] : rest.splice(at, 2);
  if (rest.length > 1 || rest[0]?.startsWith("-") || (at >= 0 && !json)) {
    fail(`usage: node scripts/${name}.mjs [REGEX of file paths] [--json FILE], or --numbers`);
  }
  return { wanted: new RegExp(rest[0] ?? ""), json };
}

/** The files to run, as paths under test/. */
const filesOf = (wanted) =>
  rooms
    .flatMap((room) =>
      readdirSync(join(root, "test", room), { recursive: true }).map((name) => `${room}/${name}`),
    )
    .filter((name) => name.endsWith(".test.ts") && wanted.test(name))
    .sort();

/** The program that runs the files and reports on them. */
function runsFiles(files) {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import("./test/${file}")`);
  return `import { run } from "./test/elsewhere/run"; await run({ ${loaders.join(", ")} });`;
}

/** The program that collects the numbers of docs/drivers. */
const runsNumbers = (name, title) =>
  `import { numbers } from "./test/elsewhere/run";
   await numbers(${JSON.stringify(name[0].toUpperCase() + name.slice(1))}, ${JSON.stringify(title)});`;

/** Bundles a program for a browser, in memory: a map from URL path to text. */
async function bundle(contents) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    plugins: [stand],
    absWorkingDir: root,
    outdir: join(root, "dist/elsewhere"),
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    loader: { ".wgsl": "text" },
    // Deno has one, too; what looks for it should find a browser.
    define: { process: "undefined" },
    logLevel: "error",
  });
  const from = join(root, "dist/elsewhere");
  return new Map(outputFiles.map(({ path, text }) => [path.slice(from.length).replaceAll("\\", "/"), text]));
}

/** Puts test/elsewhere/ in the place of what only Node has. */
const stand = {
  name: "elsewhere",
  setup({ onResolve }) {
    onResolve({ filter: /^uvu$/ }, () => ({ path: join(root, "test/elsewhere/uvu.ts") }));
    onResolve({ filter: /\.\/platform$/ }, () => ({ path: join(root, "test/elsewhere/platform.ts") }));
  },
};

/**
 * Runs the tests in one place and ends this process with `N passed, N failed`, and 0 where none failed. `command` gives
 * the program, its arguments and more environment for a URL and a folder that is removed at the end.
 */
export async function elsewhere({ name, title, command, minutes }) {
  const { wanted, json, numbers } = readArguments(name);
  const files = numbers ? ["numbers"] : filesOf(wanted);
  if (files.length === 0) fail(`${name}: no test file matches ${wanted}.`);
  const pages = await bundle(numbers ? runsNumbers(name, title) : runsFiles(files));
  const folder = mkdtempSync(join(tmpdir(), `monge-${name}-`));
  const book = new Book(title, files);
  let child;
  const stop = async () => {
    if (child) await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => {
      book.over = true; // what ends now was ended
      void stop().then(() => process.exit(1));
    });
  }
  const server = await serve(pages, (what) => book.note(what));
  const url = `http://127.0.0.1:${server.address().port}/`;
  try {
    const [program, args, env] = command(url, folder);
    // A group of its own, so that the whole of it can be ended by its id.
    child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    child.on("error", (error) => book.stop(`${program} did not start: ${error.message}`));
    child.on("exit", (code, signal) =>
      book.stop(`${title} ended by itself (${signal ?? `exit code ${code}`}): ${said}`),
    );
    const limit = setTimeout(() => book.stop(`the limit of ${minutes} minutes is over`), minutes * 60_000);
    await book.ended;
    clearTimeout(limit);
  } finally {
    await stop();
    server.close();
  }
  if (json) writeFileSync(json, `${JSON.stringify(book.results(), null, 1)}\n`);
  if (numbers && book.numbers) {
    writeFileSync(numbers, `${JSON.stringify(book.numbers, null, 1)}\n`);
    console.log(`${numbers}: npm run numbers lays it beside the others`);
  }
  process.exit(book.summary() ? 0 : 1);
}

/** Serves the pages, and takes reports. */
function serve(pages, note) {
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      note(JSON.parse(body));
      return void response.end();
    }
    const text =
      request.url === "/"
        ? '<!doctype html><script type="module" src="/stdin.js"></script>'
        : pages.get(request.url);
    if (text === undefined) return void response.writeHead(404).end();
    // Alone in its process, a page gets a finer clock.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.setHeader("content-type", request.url === "/" ? "text/html" : "text/javascript");
    response.end(text);
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

/** Ends a process that has a group of its own, and those that it started: asks first. */
export async function end(child) {
  const group = (signal) => {
    try {
      process.kill(-child.pid, signal);
      return true;
    } catch {
      return false; // they are gone
    }
  };
  if (child.pid === undefined) return;
  group("SIGTERM");
  for (let i = 0; i < 50 && group(0); i++) await new Promise((done) => setTimeout(done, 100));
  group("SIGKILL");
}

/** What was reported so far; prints a line a file. */
class Book {
  tests = [];
  adapter;
  numbers;
  ended = new Promise((done) => {
    this.done = done;
  });

  constructor(title, files) {
    this.title = title;
    this.files = files;
    this.start = Date.now();
  }

  note({ kind, ...what }) {
    if (kind === "adapter") {
      this.adapter = what;
      const { name, driver, subgroupSize } = what.info;
      console.log(
        `${this.title}: ${name}, ${driver}; subgroups of ${subgroupSize}; kernels: ${what.families.join(", ")}`,
      );
    } else if (kind === "test") {
      if (this.tests.length > 0 && this.tests.at(-1).file !== what.file) this.printFile();
      this.tests.push(what);
    } else if (kind === "result") {
      Object.assign(this.tests.at(-1), what, { done: true });
    } else if (kind === "numbers") this.numbers = what.numbers;
    else if (kind === "end") this.stop(what.failed);
  }

  /** Nothing more comes: `failed` says why, where that is not the end. */
  stop(failed) {
    if (this.over) return;
    this.over = true;
    const last = this.tests.at(-1);
    if (failed) {
      if (last && !last.done) Object.assign(last, { failed, done: true });
      else this.tests.push({ file: last?.file ?? this.files[0], name: "the run", failed, done: true });
    }
    if (this.tests.length > 0) this.printFile();
    this.done();
  }

  /** The last file's line, and what failed in it. */
  printFile() {
    const { file } = this.tests.at(-1);
    const { passed, total, seconds, own } = this.count(file);
    console.log(`${file}  ${passed} / ${total}  (${seconds.toFixed(1)} s)`);
    for (const { name, failed } of own)
      if (failed) console.log(`  FAIL  ${name}\n    ${failed.trim().replaceAll("\n", "\n    ")}`);
  }

  count(file) {
    const own = this.tests.filter((each) => each.file === file);
    const ran = own.filter(({ skipped }) => !skipped);
    return {
      own,
      total: ran.length,
      passed: ran.filter(({ failed }) => !failed).length,
      seconds: own.reduce((sum, { ms = 0 }) => sum + ms, 0) / 1000,
    };
  }

  results() {
    const { info, families } = this.adapter ?? {};
    const files = this.files.map((file) => {
      const { passed, total } = this.count(file);
      return { file, passed, total };
    });
    const skipped = this.tests
      .filter((each) => each.skipped)
      .map(({ file, name, skipped }) => ({ file, name, why: skipped }));
    return { title: this.title, info, families, files, skipped };
  }

  summary() {
    const skipped = this.tests.filter((each) => each.skipped);
    for (const { file, name, skipped: why } of skipped) console.log(`skipped  ${file}: ${name}: ${why}`);
    const ran = this.tests.filter((each) => !each.skipped);
    const failed = ran.filter((each) => each.failed).length;
    const minutes = ((Date.now() - this.start) / 60_000).toFixed(1);
    console.log(`${this.title}: ${minutes} min`);
    console.log(
      `${ran.length - failed} passed, ${failed} failed${skipped.length ? `, ${skipped.length} skipped` : ""}`,
    );
    return failed === 0 && ran.length > 0;
  }
}
