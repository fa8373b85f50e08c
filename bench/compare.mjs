// Two builds of monge against each other: rows of the bench, each build in a process of its own, in turn.
// usage: node bench/compare.mjs OLD/bench.mjs NEW/bench.mjs [--rounds N] [bench options, such as --only REGEX]
// A round runs the old build, the new one, and the old one again, so that the table says how far the same build is from
// itself. Each bench.mjs comes from `npm run bench -- --build` in its own checkout, and runs in that checkout.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const [old, fresh, ...rest] = process.argv.slice(2);
if (!old?.endsWith(".mjs") || !fresh?.endsWith(".mjs")) {
  console.error("usage: node bench/compare.mjs OLD/bench.mjs NEW/bench.mjs [--rounds N] [bench options]");
  process.exit(1);
}
const at = rest.indexOf("--rounds");
const rounds = at < 0 ? 3 : Number(rest.splice(at, 2)[1]);
const folder = mkdtempSync(join(tmpdir(), "monge-compare-"));

/** Milliseconds (or MiB) of each row of one run. */
function run(bundle) {
  const json = join(folder, "run.json");
  const args = [resolve(bundle), "--peers", "none", "--json", json, ...rest];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: dirname(resolve(bundle)),
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`compare: ${bundle} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`);
    process.exit(1);
  }
  const { rows } = JSON.parse(readFileSync(json, "utf8"));
  return new Map(
    rows.map((row) => [row.name, row.ms ?? row.mib]).filter(([, figure]) => figure !== undefined),
  );
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const made = { old: [], fresh: [], again: [] };
for (let round = 0; round < rounds; round++) {
  made.old.push(run(old));
  made.fresh.push(run(fresh));
  made.again.push(run(old));
}
rmSync(folder, { recursive: true });

console.log(`| row | old | new | new / old | old against itself |\n|---|---|---|---|---|`);
const ratios = [];
const slower = [];
for (const name of made.fresh[0].keys()) {
  if (!made.old[0].has(name)) continue;
  const of = (runs) => median(runs.map((rows) => rows.get(name)));
  const ratio = of(made.fresh) / of([...made.old, ...made.again]);
  const spread = Math.max(
    ...made.old.map((rows, i) => Math.abs(Math.log(rows.get(name) / made.again[i].get(name)))),
  );
  ratios.push(ratio);
  if (ratio > Math.exp(2 * spread)) slower.push(name);
  console.log(
    `| ${name} | ${of([...made.old, ...made.again]).toPrecision(4)} | ${of(made.fresh).toPrecision(4)} | ` +
      `${ratio.toFixed(3)} | ${(100 * (Math.exp(spread) - 1)).toFixed(1)} % |`,
  );
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`\ngeometric mean of new / old: ${mean.toFixed(3)} over ${ratios.length} rows, ${rounds} rounds`);
console.log(`slower by more than twice the spread of old against itself: ${slower.join(", ") || "none"}`);
