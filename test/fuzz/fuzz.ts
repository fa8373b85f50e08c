// The command `npm run fuzz -- --memory`: short random programs over tensors, captures, gradients and optimisers, each
// held to a plain model; the first that goes wrong is made small and printed as code.
import { InputError } from "../../src/errors";
import { runCommand } from "../../src/node/command";
import { adapterHelp, integer, readOptions } from "../../src/node/commandLine";
import { openDevice } from "../../src/node/device";
import { requireAdapter } from "../../src/node/probe";
import { fuzzMemory } from "./memory";

const help = `Runs short random programs over tensors, gradients, captured steps, optimisers and failures, each beside a
plain model of what must come out, and looks for wrong numbers, errors that make no sense, and memory that
is not given back. A program that fails is made small and printed.

usage: npm run fuzz -- --memory [options]

  --memory             the programs to run
  --runs N             how many (default 1000)
  --seed S             of the first one; each next one's is one higher (default 1)
${adapterHelp}
  --help               show this text
`;

await runCommand(async () => {
  const args = process.argv.slice(2);
  const given = readOptions("fuzz", args, ["runs", "seed"], ["memory"]);
  const runs = given.read("runs", integer(1, 1e6)) ?? 1000;
  const seed = given.read("seed", integer(0, 1e9)) ?? 1;
  if (given.help) return void process.stdout.write(help);
  if (!given.has("memory"))
    throw new InputError("--memory is missing: it says which programs to run. See npm run fuzz -- --help.");
  requireAdapter(given.adapter);
  const reopen = () => openDevice({ adapter: given.adapter });
  const gpu = await reopen();
  const start = performance.now();
  console.log(`${runs} programs from seed ${seed} on ${gpu.info.name}`);
  const { failed, counts } = await fuzzMemory({ gpu, reopen }, { runs, seed, report: console.log });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const shown = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([what, count]) => `${what} ${count}`);
  console.log(`actions: ${shown.join(", ")}`);
  console.log(`${runs} programs, ${failed} failed; took ${seconds} s`);
  if (failed > 0) throw new InputError(`${failed} of ${runs} programs failed.`);
});
