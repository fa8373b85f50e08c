// The command `npm run evaluate`: how good a run's images are, beside the same measures of real ones.

import { InputError } from "../errors";
import { resolveClasses, selectClasses } from "../wgan/dataset";
import { fromBytes, meanPairwiseDistance, vote } from "../wgan/evaluate";
import { sampleImages } from "../wgan/sampling";
import { fixedLatents } from "../wgan/trainer";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { loadMnist } from "./data";
import { openDevice } from "./device";
import { loadGenerator, readGenerator } from "./generator";
import { evaluateHelp, parseEvaluateOptions } from "./options";
import { requireAdapter } from "./probe";

const SAMPLES = 100;
const LABELLED = 2000;
const PIXELS = 28 * 28;

await runCommand(async () => {
  const options = parseEvaluateOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(evaluateHelp);
  const config = readConfig(options.run!);
  const saved = readGenerator(options.run!);
  requireAdapter(options.adapter);
  const test = await loadMnist({ dataDir: options.data, env: process.env, log: console.log, split: "test" });
  const digits = resolveClasses(test, config.data.classes);
  // The first images are the judges; real images of these digits come from behind them, so none judges itself.
  const split = Math.min(LABELLED, Math.floor(test.count / 2));
  const judges = fromBytes(test.images.subarray(0, split * PIXELS));
  const labels = test.labels.subarray(0, split);
  const rest = {
    ...test,
    images: test.images.subarray(split * PIXELS),
    labels: test.labels.subarray(split),
    count: test.count - split,
  };
  const chosen = selectClasses(rest, digits);
  if (split === 0 || chosen.count < 2) {
    throw new InputError(
      `${test.source}: too few images to compare with, ${chosen.count} of these digits, expected 2 or more.`,
    );
  }
  const real = fromBytes(chosen.images.subarray(0, SAMPLES * PIXELS));

  await openDevice({ adapter: options.adapter });
  const generator = loadGenerator(saved, config);
  const images = sampleImages(generator, fixedLatents(config, SAMPLES), config);
  const fake = (await images.data()) as Float32Array;
  const isWanted = (label: number) => digits === "all" || digits.includes(label);
  for (const [name, set] of [
    ["generated", fake],
    ["real", real],
  ] as const) {
    const labelled = vote(set, judges, labels);
    const taken = labelled.filter(isWanted).length;
    const counts = Array.from(
      { length: 10 },
      (_, digit) => labelled.filter((label) => label === digit).length,
    );
    console.log(
      `${name.padEnd(10)} taken for ${digits === "all" ? "any digit" : digits.join(" or ")}: ${taken} of ${labelled.length}` +
        `   counts 0 to 9: ${counts.join(" ")}   mean pairwise distance: ${meanPairwiseDistance(set).toFixed(2)}`,
    );
  }
  const ratio = meanPairwiseDistance(fake) / meanPairwiseDistance(real);
  console.log(`distance, generated to real: ${ratio.toFixed(2)}`);
});
