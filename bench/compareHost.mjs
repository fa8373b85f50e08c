// What a command costs the host in this checkout's monge and in another's, on Dawn's null backend: the rows `host ...`,
// by this checkout's bench, which the other need not have. The other one's packages are not used. A figure is the
// least of all rounds: what else runs on the machine only adds.
// usage: node bench/compareHost.mjs FOLDER-OF-THE-OTHER-CHECKOUT [--rounds N]
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundle } from "../scripts/build.mjs";
import { fail, root } from "../scripts/shell.mjs";

const [other, flag, number] = process.argv.slice(2);
const rounds = flag === undefined ? 5 : Number(number);
if (other === undefined || (flag !== undefined && flag !== "--rounds") || !(rounds >= 1))
  fail("usage: node bench/compareHost.mjs FOLDER-OF-THE-OTHER-CHECKOUT [--rounds N]");
if (!existsSync(join(other, "src/autograd/index.ts"))) fail(`${other}: not a checkout of monge.`);

/** The program over the sources of a checkout, beside the packages of this one. */
async function build(checkout, outfile) {
  const sources = {
    name: "sources",
    setup: ({ onResolve, resolve: found }) =>
      onResolve({ filter: /\/src\// }, ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === sources || !importer.startsWith(join(root, "bench"))) return undefined;
        const now = `./${path.slice(path.indexOf("src/"))}`;
        // As they were.
        const before = { "src/gpu": "src/kernels", "src/face": "src/autograd" };
        const [since] = Object.keys(before).filter(
          (room) => now.includes(room) && !existsSync(join(checkout, room)),
        );
        const own = since ? now.replace(since, before[since]) : now;
        return found(own, { resolveDir: resolve(checkout), importer: resolveDir, kind, pluginData: sources });
      }),
  };
  await bundle({ entryPoints: ["bench/hostAlone.ts"], outfile, external: ["webgpu"], plugins: [sources] });
}

function figures(file) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1));
  const { eager, replay } = JSON.parse(stdout.trim().split("\n").at(-1));
  return { "host eager op": eager, "host replay dispatch": replay };
}

/** The figures of all rounds; the other checkout runs twice, so that the table says how far the same build is from itself. */
async function measure() {
  const files = ["other", "this"].map((name) => join(root, "dist", `host-${process.pid}-${name}.mjs`));
  const runs = [[], [], []];
  try {
    for (const [i, checkout] of [other, root].entries()) await build(checkout, files[i]);
    for (let round = 0; round < rounds; round++)
      for (const [i, file] of [files[0], files[1], files[0]].entries()) runs[i].push(figures(file));
  } finally {
    for (const file of files) rmSync(file, { force: true });
  }
  return runs;
}

const runs = await measure().catch((error) => fail(`compareHost: ${error.message}`));
console.log(
  "| row, µs | other | this | this / other | other against itself | dispatches, other | this |\n" +
    "|---|---|---|---|---|---|---|",
);
for (const name of Object.keys(runs[0][0])) {
  const [first, own, second] = runs.map((all) => Math.min(...all.map((run) => run[name].minMs)));
  const dispatches = [0, 1].map((i) => runs[i][0][name].dispatches);
  const least = Math.min(first, second);
  const micro = (ms) => (1000 * ms).toFixed(2);
  const spread = 100 * (Math.max(first, second) / least - 1);
  console.log(
    `| ${name} | ${micro(least)} | ${micro(own)} | ${(own / least).toFixed(3)} | ${spread.toFixed(0)} % | ` +
      `${dispatches.join(" | ")} |`,
  );
}
