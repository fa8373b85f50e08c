// The runner of a GPU day, on programs made for it: what fails is named, and the rest is measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lacks } from "../../../bench/lacks";
import { parseOptions } from "../../../bench/options";
import { largeRows, rowNames } from "../../../bench/rows";
import { peerNames } from "../../../bench/sides/side";
import {
  conclude,
  type Day,
  PART_SECONDS,
  runPart,
  type Step,
  WRITING_SECONDS,
} from "../../../src/node/gpuDay/part";
import { readBench } from "../../../src/node/gpuDay/readBench";
import { readTests } from "../../../src/node/gpuDay/readings";
import { parts } from "../../../src/node/gpuDay/steps";
import { encodePng } from "../../../src/node/png";
import { temporaryFolder } from "../temporary";

const folder = temporaryFolder();

/** A step whose program is made of this text. */
function step(name: string, text: string, read: Step["read"], seconds = 60): Step {
  const program = `${name.replaceAll(" ", "-")}.mjs`;
  writeFileSync(join(folder, program), text);
  return { name, program, args: [], seconds, read };
}

function day(stop = new AbortController()): Day & { said: string[] } {
  const said: string[] = [];
  const log = (line: string) => void said.push(line);
  return { folder, out: temporaryFolder(), quick: true, env: process.env, stop: stop.signal, log, said };
}

const png = encodePng({ bytes: new Uint8ClampedArray(16), width: 4, height: 4 });
const picture = () => ({ pictures: [{ title: "Step 1", caption: "<grid>", file: png }], line: "fine" });

/** As uvu writes it where a kernel gives zeros. */
const zeros = `console.log(\`kernels/reduce.test.js
• ✘   (1 / 2)

   FAIL  "sums of rows"
    Expected values to be strictly equal:  (is)

  Total:     2
  Passed:    1
  Skipped:   0\`);
process.exit(1);`;

const rows = [
  {
    name: "matmul",
    ms: 2,
    checked: true,
    peers: { tfjs: { ms: 4, ratio: 2 }, torch: { error: "no torch" } },
  },
  {
    ...{ name: "sum", ms: 1, checked: false, note: "tfjs: results are off" },
    peers: { tfjs: { ms: 1, ratio: 1 }, jax: { error: "lost" }, torch: { error: "no torch" } },
  },
  { ...{ name: "tanh", ms: 1, checked: false, broken: true, note: "monge: results are off" }, peers: {} },
];
const found = { versions: { node: "20" }, kernels: "portable", missing: { torch: "no torch" }, rows };
const bench = `import { writeFileSync } from "node:fs";
writeFileSync("bench.json", ${JSON.stringify(JSON.stringify(found))});
console.error("monge: results differ");
process.exit(1);`;

/** Hangs, deaf to SIGTERM, and so does a program that it starts, which holds its pipes. */
const hangs = `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => {});
const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);';
const { pid } = spawn(process.execPath, ["-e", deaf], { stdio: "inherit" });
writeFileSync("pid", String(pid));
console.log("on its way");
setInterval(() => {}, 1000);`;

function alive(pid: number): boolean {
  try {
    // A zombie is there for kill: nobody in a container may have taken its leave yet.
    return process.kill(pid, 0) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test("a kernel of zeros, a peer that is not there and a part that hangs are named, and the rest is measured", async () => {
  const made = day();
  const steps = [
    step("kernel tests", zeros, readTests),
    step("bench", bench, readBench("bench.json")),
    step("hangs", hangs, () => ({}), 7),
    step("crashes", "throw new Error('broken')", () => ({})),
    step("pictures", "console.log('drawn')", picture),
  ];
  const report = await runPart(2, { title: "stubs", steps }, made);
  const failed = Object.fromEntries(report.steps.map(({ name, failed }) => [name, failed]));
  assert.equal(failed["kernel tests"], ["kernels/reduce.test.ts: sums of rows"]);
  assert.equal(failed.bench, [
    "sum: jax: lost",
    "sum: the results differ: tfjs: results are off",
    "tanh: the results differ: monge: results are off",
  ]);
  assert.equal(failed.hangs, ["ended at its limit of 7 s; it said: on its way"]);
  assert.equal(failed.crashes, ["exit code 1; it said: Error: broken"]);
  assert.equal(failed.pictures, []);
  assert.equal(report.steps[1].absent, ["torch: no torch"]);
  assert.is(report.steps[0].line, "1 of 2 tests passed");
  assert.ok(report.seconds < 20);
  assert.not.ok(
    alive(Number(readFileSync(join(made.out, "part-2/pid"), "utf8"))),
    "what it started is there",
  );

  const { lines, code } = conclude([report], false);
  assert.is(code, 1);
  assert.is(lines[0], "not there:");
  assert.is(lines[1], "  part 2, bench: torch: no torch");
  assert.is(lines[2], "failed:");
  assert.is(lines.length, 3 + 6);
  assert.equal(
    made.said.map((line) => line.match(/^.*?: (FAILED|fine)/)?.[1]),
    ["FAILED", "FAILED", "FAILED", "FAILED", "fine"],
  );

  const json = JSON.parse(readFileSync(join(made.out, "part-2.json"), "utf8"));
  assert.is(json.steps.length, 5);
  assert.equal(json.toCome, []);
  assert.equal(json.steps[1].data.rows, rows);
  const page = readFileSync(join(made.out, "part-2.html"), "utf8");
  for (const text of [
    "kernels/reduce.test.ts: sums of rows",
    "torch: no torch",
    "ended at its limit",
    "&lt;grid&gt;",
  ])
    assert.ok(page.includes(text), text);
  assert.ok(page.includes(`data:image/png;base64,${png.toString("base64")}`));
  assert.not.match(page, /<script|(src|href)="(?!data:)/);
});

test("a day that is stopped ends the step that runs, begins no other, and has written what it has", async () => {
  const stop = new AbortController();
  const made = day(stop);
  const waits = step("waits", "console.log('here'); setInterval(() => {}, 1000);", () => ({}));
  const steps = [step("first", "", picture), waits, step("last", "", picture)];
  setTimeout(() => stop.abort(), 1500);
  const report = await runPart(1, { title: "stubs", steps }, made);
  assert.equal(
    report.steps.map(({ failed }) => failed),
    [[], ["stopped"], ["not begun: the day was stopped"]],
  );
  assert.is(conclude([report], false).code, 1);
  assert.ok(existsSync(join(made.out, "part-1.html")));
});

test("a peer that is not there is no failure, unless it was named", () => {
  const steps = [
    { name: "bench", command: "", limit: 1, seconds: 1, output: "", failed: [], absent: ["torch: none"] },
  ];
  const report = { monge: "0", part: 1, title: "", date: "", quick: false, seconds: 1, toCome: [], steps };
  assert.equal(conclude([report], false), {
    lines: ["not there:", "  part 1, bench: torch: none", "all else was measured"],
    code: 0,
  });
  assert.equal(conclude([report], true), { lines: ["not there:", "  part 1, bench: torch: none"], code: 1 });
});

test("tests that were cut off tell in which file, and files that are damaged what can't be read", async () => {
  const cut = readTests("", "kernels/conv.test.js\n conv  • • ");
  assert.equal(cut.failed, ["kernels/conv.test.ts: the run ended in it"]);
  assert.equal(readTests("", "").failed, ["the run ended before its summary"]);
  const made = day();
  mkdirSync(join(made.out, "part-1"));
  writeFileSync(join(made.out, "part-1", "half.json"), "{");
  const report = await runPart(1, { title: "", steps: [step("half", "", readBench("half.json"))] }, made);
  assert.match(report.steps[0].failed[0], /^what it left can't be read: SyntaxError/);
});

test("the limits of a part's steps are nine minutes together, and every program is there", () => {
  const dist = folderWith("node/profile.js", dirname(new URL(import.meta.url).pathname));
  for (const quick of [false, true]) {
    for (const { steps } of parts(quick, "none")) {
      const all = steps.reduce((sum, { seconds }) => sum + seconds, 0);
      assert.ok(quick || all <= PART_SECONDS - WRITING_SECONDS, `${all} s`);
      for (const { program } of steps)
        assert.ok(program === "bench/bench.mjs" || existsSync(join(dist, program)), program);
    }
  }
});

/** The rows of a step of the bench, and the peers that it asks for. */
function asked({ args }: Step) {
  const { only, large, peers } = parseOptions(args);
  const all = [...rowNames, ...(large ? largeRows.map(({ name }) => name) : [])];
  return { names: all.filter((name) => only.test(name)), peers };
}

test("no row that is measured fails by what a peer is: it has a figure there, or says that it has no such row", () => {
  const steps = parts(false, peerNames.join(","))[1].steps.filter(({ program }) =>
    program.startsWith("bench"),
  );
  const measured = Object.fromEntries(steps.map((step) => [step.name, asked(step).names]));
  assert.equal(measured.products, ["matmul nn 4096", "matmul nn 8192"]);
  assert.equal(measured["bench training"], [
    ...["rmsprop-clip critic", "critic-update", "generator-update"],
    ...["iteration tutorial", "iteration wgan", "iteration wgan-gp"],
  ]);
  assert.equal(measured["bench host"], ["host eager op", "host replay dispatch"]);
  assert.ok(measured["bench kernels"].every((name) => !/iteration|host|cold/.test(name)));
  for (const step of steps) {
    const { names, peers } = asked(step);
    const rows = names.map((name) => {
      const figures = peers.map((peer) => {
        const why = lacks(peer, name);
        return [peer, why === undefined ? { ms: 2, ratio: 2 } : { lacks: why }];
      });
      return { name, ms: 1, peers: Object.fromEntries(figures) };
    });
    const folder = temporaryFolder();
    const report = { versions: {}, kernels: "", missing: {}, rows };
    writeFileSync(join(folder, step.args.at(-1)!), JSON.stringify(report));
    const { failed, absent } = step.read(folder, "");
    assert.equal([failed, absent], [[], []], step.name);
    for (const peer of ["tfjs", "jax", "torch"] as const)
      assert.ok(
        names.some((name) => lacks(peer, name) === undefined) || step.name === "bench host",
        `${peer} has no row of ${step.name}`,
      );
  }
});

/** The nearest folder from here up that holds `name`: this file may run as a chunk. */
function folderWith(name: string, from: string): string {
  return existsSync(join(from, name)) ? from : folderWith(name, dirname(from));
}

test.run();
