// Runs the tests that need a GPU wherever that can be done here, one place after the other, and writes the table of
// docs/portability.md. usage: npm run check:all [-- PLACE...]; the columns of other places stay as they were. At the end,
// or where they are named like a place: `package`, which is npm run check:package, `Slurm`, a sweep on a Slurm of this
// machine alone, and a dry run of a GPU day.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rooms } from "./elsewhere.mjs";
import { fail, probe, root } from "./shell.mjs";
import { swiftshader } from "./swiftshaderDriver.mjs";

const scratch = mkdtempSync(join(tmpdir(), "monge-check-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
/** The script that runs, which cleans up after itself. */
let running;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    if (!running) process.exit(1);
    running.on("close", () => process.exit(1));
    running.kill(signal);
  });
}

/** Each place gives what it saw, or a line on why it was left out. */
const places = {
  "lavapipe, 8 lanes": () => lavapipe(8, { LP_NATIVE_VECTOR_WIDTH: "256" }),
  "lavapipe, 16 lanes": () => {
    const cpu = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
    if (!/\bavx512f\b/.test(cpu)) return "this processor has no AVX-512";
    // Mesa keeps compiled shaders without their width: those of 8 lanes would run here.
    return lavapipe(16, { LP_NATIVE_VECTOR_WIDTH: "512", MESA_SHADER_CACHE_DIR: join(scratch, "mesa") });
  },
  SwiftShader: () => {
    try {
      const { env, adapter } = swiftshader();
      return inNode(env, adapter);
    } catch (error) {
      return error.message;
    }
  },
  Chromium: () => byScript("chromium"),
  Deno: () => byScript("deno"),
  Firefox: () => byScript("firefox"),
};

/** What is checked, too, and has no column: a script of ours, and how its last lines end where all went well. */
const besides = {
  package: { args: ["scripts/packagePlaces.mjs"], well: /^[1-9]\d* passed, 0 failed$/m },
  Slurm: {
    args: ["scripts/test.mjs", "sweep/slurm"],
    more: { MONGE_SLURM: "1" },
    well: /^[1-9]\d* passed, 0 failed$/m,
  },
  "GPU day": {
    args: ["scripts/gpuDay.mjs", "--quick", "--out", join(scratch, "day")],
    well: /^all (of it|else) was measured$/m,
  },
};
const all = [...Object.keys(places), ...Object.keys(besides)];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  fail(`check:all: no place is called ${unknown[0]}. There are: ${all.join("; ")}.`);
}
const resultsFile = join(root, "docs/portability.json");
let results = readResults();
let well = true;
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n== ${name}`);
  if (name in besides) {
    const output = await show(besides[name].args, { ...process.env, ...besides[name].more });
    well &&= besides[name].well.test(output);
    continue;
  }
  const start = Date.now();
  const seen = await places[name]();
  const date = new Date().toISOString().slice(0, 10);
  const minutes = Math.round((Date.now() - start) / 60_000);
  results = readResults(); // another check:all may have run beside this one, in other places
  results[name] = typeof seen === "string" ? { date, left: seen } : { date, minutes, ...seen };
  if (results[name].left) console.log(`left out: ${results[name].left}`);
  // After each, since all of them take hours on a small machine.
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 1)}\n`);
  writeTable();
}
const passed = Object.values(results).every(({ left, summary }) => left || / 0 failed/.test(summary));
process.exit(passed && well ? 0 : 1);

function readResults() {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : {};
}

/** Lavapipe, where it has so many lanes in this environment. */
function lavapipe(lanes, more) {
  const env = { ...process.env, ...more };
  const { adapter } = probe(env);
  if (!/llvmpipe/.test(adapter?.device)) return "the adapter is not lavapipe";
  return adapter.subgroupMaxSize === lanes
    ? inNode(env, adapter)
    : `lavapipe has ${adapter.subgroupMaxSize} lanes here`;
}

/** The tests in Node, on the adapter that it finds in this environment. */
async function inNode(env, adapter) {
  const output = await show(["scripts/test.mjs", `^(${rooms.join("|")})/`], env);
  const files = [];
  for (const [, file, passed, total] of output.matchAll(
    /^(\S+\.test)\.js$|\((\d+) \/ (\d+)\)(?: [\d.]+ s)?$/gm,
  )) {
    if (file) files.push({ file: `${file}.ts`, passed: 0, total: 0 });
    else {
      files.at(-1).passed += Number(passed); // a file may have several suites
      files.at(-1).total += Number(total);
    }
  }
  if (files.length === 0) return lastLine(output);
  const seen = files.reduce((sum, { passed }) => sum + passed, 0);
  if (!lastLine(output).startsWith(`${seen} passed,`)) fail(`check:all: ${seen} passed by the files' lines.`);
  const { stdout } = spawnSync("npm", ["run", "--silent", "doctor"], { cwd: root, env, encoding: "utf8" });
  const families = stdout.match(/^kernels +(.*)$/m)?.[1].split(", ") ?? [];
  const title = `Node ${process.versions.node}, Dawn`;
  const { description: driver, subgroupMaxSize: lanes } = adapter;
  return { title, driver, lanes, families, files, skipped: [], summary: lastLine(output) };
}

/** The tests in another place than Node. */
async function byScript(name) {
  const json = join(scratch, `${name}.json`);
  const output = await show([`scripts/${name}.mjs`, "--json", json], process.env);
  if (!existsSync(json)) return lastLine(output);
  const { title, info, families, files, skipped } = JSON.parse(readFileSync(json, "utf8"));
  const [driver, lanes] = [info?.driver, info?.subgroupSize];
  return { title, driver, lanes, families, files, skipped, summary: lastLine(output) };
}

/** Runs a script of ours, and shows what it prints. */
async function show(args, env) {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  running = child;
  let output = "";
  for (const side of ["stdout", "stderr"]) {
    child[side].on("data", (chunk) => {
      output += chunk;
      process[side].write(chunk);
    });
  }
  await new Promise((done) => child.on("close", done));
  running = undefined;
  return output;
}

function lastLine(output) {
  return output.trim().split("\n").at(-1);
}

/** Puts the table where docs/portability.md has its marks. */
function writeTable() {
  const file = join(root, "docs/portability.md");
  const names = Object.keys(places).filter((name) => results[name]);
  const row = (...cells) => `| ${cells.join(" | ")} |`;
  const about = names.map((name) => {
    const { date, left, minutes, title, driver, lanes, families, summary } = results[name];
    if (left) return row(name, `left out: ${left}`, "", "", "", "", date);
    return row(
      name,
      title,
      driver,
      lanes || "not fixed",
      families.join(", "),
      `${summary}, ${minutes} min`,
      date,
    );
  });
  const ran = names.filter((name) => !results[name].left);
  const files = [...new Set(ran.flatMap((name) => results[name].files.map(({ file }) => file)))].sort();
  const cell = (name, file) => {
    const found = results[name].files.find((each) => each.file === file);
    if (!found) return "not run";
    const skipped = results[name].skipped.filter((each) => each.file === file).length;
    const { passed, total } = found;
    return `${passed === total ? passed : `**${passed} of ${total}**`}${skipped ? ` (${skipped} skipped)` : ""}`;
  };
  const skipped = ran.flatMap((name) =>
    results[name].skipped.map(({ file, name: test, why }) => `- ${name}, ${file}, "${test}": ${why}`),
  );
  const table = [
    row("place", "version", "driver", "lanes", "kernels", "tests", "date"),
    row(...Array(7).fill("---")),
    ...about,
    "",
    row("test file", ...ran),
    row(...Array(ran.length + 1).fill("---")),
    ...files.map((file) => row(file, ...ran.map((name) => cell(name, file)))),
    "",
    ...(skipped.length > 0 ? ["Skipped:", "", ...skipped] : ["No test is skipped in any of them."]),
  ];
  const marks = /(<!-- results -->\n)[\s\S]*(<!-- end of results -->)/;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(marks, (_, from, to) => `${from}${table.join("\n")}\n${to}`),
  );
}
