// Installs the package's tarball in an empty folder and runs one program there wherever it can run: the README's, then
// some training steps. All must give the numbers that Node gives. Then all of examples/, in Node. usage: npm run check:package [-- PLACE...]
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium, firefox } from "./browsers.mjs";
import { end } from "./elsewhere.mjs";
import { exampleResults, wrongIn } from "./exampleResults.mjs";
import { npmProgram } from "./npmProgram.mjs";
import { fail, root, run } from "./shell.mjs";

const [, example] = readFileSync(join(root, "README.md"), "utf8").match(
  /```js\n(import \{ closeDevice[\s\S]*?)```/,
);
const program = `import { drawToy, presetRun, Trainer } from "monge/wgan";
const told = [];
${example.replace("console.log(", "told.push(...")}
await openDevice();
const points = drawToy("8gaussians", 512, 1);
const trainer = new Trainer(presetRun("toy", points, { batch: 64 }), points);
for (let step = 0; step < 3; step++) {
  const losses = trainer.step();
  told.push(...(await losses.data()));
}
closeDevice();
if ("document" in globalThis) await fetch("/", { method: "POST", body: JSON.stringify({ told }) });
else console.log(JSON.stringify(told));
`;
const html = `<!doctype html>
<script>
  const tell = (wrong) => fetch("/", { method: "POST", body: JSON.stringify({ wrong: String(wrong) }) });
  addEventListener("error", ({ message }) => tell(message));
  addEventListener("unhandledrejection", ({ reason }) => tell(reason));
</script>
<script type="module" src="./program.js"></script>
`;
const minutes = 5;

const folder = mkdtempSync(join(tmpdir(), "monge-package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** What each place prints; it throws where that fails. */
const places = {
  Node: () => inProcess(process.execPath, ["program.js"]),
  Deno: () => inProcess(npmProgram("deno", 2), ["run", "--allow-all", "--no-prompt", "program.ts"]),
  Bun: () => inProcess(npmProgram("bun", 1), ["program.ts"]),
  "Chromium, esbuild": () => inBrowser(chromium(), byEsbuild),
  "Chromium, Vite": () => inBrowser(chromium(), byVite),
  "Firefox, esbuild": () => inBrowser(firefox(), byEsbuild),
  "Firefox, Vite": () => inBrowser(firefox(), byVite),
  examples,
};

/** Runs all programs of examples/. */
function examples() {
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
  for (const name of Object.keys(exampleResults)) {
    const wrong = wrongIn(name, printed(process.execPath, [`examples/${name}.js`]));
    if (wrong) throw new Error(wrong);
    console.log(`examples/${name}.js: right`);
  }
  return expected;
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in places));
if (unknown)
  fail(`check:package: no place is called ${unknown}. There are: ${Object.keys(places).join("; ")}.`);
install();
let [passed, failed] = [0, 0];
let expected;
for (const place of ["Node", ...Object.keys(places).slice(1)]) {
  if (place !== "Node" && wanted.length > 0 && !wanted.includes(place)) continue;
  try {
    const numbers = await places[place]();
    expected ??= numbers;
    const same =
      numbers.length === expected.length &&
      numbers.every((x, i) => Math.abs(x - expected[i]) <= 1e-4 * Math.abs(expected[i]));
    if (!same) throw new Error(`other numbers: ${numbers}`);
    console.log(`${place}: ${numbers.map((x) => x.toPrecision(5)).join(" ")}`);
    passed++;
  } catch (error) {
    console.log(`${place}: FAILED: ${error.message}`);
    failed++;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** An empty project with the package in it, and what bundles it. */
function install() {
  const quiet = ["--silent", "--no-audit", "--no-fund"];
  if (!run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root }))
    fail("check:package: `npm pack` failed; its own message above says why.");
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  if (!run("npm", ["install", ...quiet, `./${tarball}`, "vite"], { cwd: folder }))
    fail("check:package: `npm install` failed; its own message above says why.");
  for (const name of ["program.js", "program.ts"]) writeFileSync(join(folder, name), program);
  writeFileSync(join(folder, "index.html"), html);
}

function inProcess(command, args) {
  return JSON.parse(printed(command, args));
}

function printed(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...{ cwd: folder, encoding: "utf8", timeout: minutes * 60_000 },
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  if (status !== 0) throw new Error(error?.message ?? stderr);
  return stdout;
}

async function byEsbuild() {
  const { build } = await import("esbuild");
  await build({
    ...{ absWorkingDir: folder, entryPoints: ["program.js"], outdir: "esbuild", logLevel: "silent" },
    ...{ bundle: true, format: "esm", minify: true },
  });
  writeFileSync(join(folder, "esbuild/index.html"), html);
  return join(folder, "esbuild");
}

function byVite() {
  // Our program awaits at its top, which browsers of Vite's default target can't.
  writeFileSync(
    join(folder, "vite.config.js"),
    'export default { build: { target: "es2022", outDir: "vite" } };\n',
  );
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "--logLevel", "error"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return join(folder, "vite");
}

/** What the page tells that a bundler has made. */
async function inBrowser({ command }, bundle) {
  const site = await bundle();
  let answer;
  const answered = new Promise((done) => {
    answer = done;
  });
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      answer(JSON.parse(body));
      return void response.end();
    }
    const path = request.url === "/" ? "index.html" : request.url.slice(1);
    const known = readdirSync(site, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
    if (!known.includes(path)) return void response.writeHead(404).end();
    response.setHeader("content-type", extname(path) === ".html" ? "text/html" : "text/javascript");
    response.end(readFileSync(join(site, path)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const profile = mkdtempSync(join(folder, "profile-"));
  const [file, args, env] = command(`http://127.0.0.1:${server.address().port}/`, profile);
  const child = spawn(file, args, { detached: true, stdio: "ignore", env: { ...process.env, ...env } });
  child.on("exit", () => answer({ wrong: "the browser ended by itself" }));
  const limit = setTimeout(() => answer({ wrong: `no answer in ${minutes} minutes` }), minutes * 60_000);
  const { told, wrong } = await answered;
  clearTimeout(limit);
  await end(child);
  server.close();
  if (wrong) throw new Error(wrong);
  return told;
}
