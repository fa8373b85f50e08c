// The command `npm run evaluate`: how good a run's images are, beside the same measures of real ones.

import { InputError } from "../errors";
import { HostRandom } from "../kernels/threefry";
import { type ByteDataset, nameAll, presentClasses, resolveClasses, selectClasses } from "../wgan/dataset";
import { fromBytes, meanPairwiseDistance, vote } from "../wgan/evaluate";
import { sampleImages } from "../wgan/sampling";
import { fixedLatents } from "../wgan/trainer";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { loadData } from "./data";
import { openDevice } from "./device";
import { loadGenerator, readGenerator } from "./generator";
import { evaluateHelp, parseEvaluateOptions } from "./options";
import { requireAdapter } from "./probe";

const SAMPLES = 100;
const LABELLED = 2000;
/** Classes whose counts fit on a line. */
const COUNTED = 30;

await runCommand(async () => {
  const options = parseEvaluateOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(evaluateHelp);
  const config = readConfig(options.run!);
  const { shape, path, size, transposed, classes } = config.data;
  if (shape.length === 1)
    throw new InputError(`--run ${options.run}: trained on points; evaluate measures images.`);
  const saved = readGenerator(options.run!);
  requireAdapter(options.adapter);
  const found = await loadData({
    dataDir: options.data ?? path ?? undefined,
    ...{ size: size ?? undefined, transposed, split: "test", env: process.env, log: console.log },
  });
  requireShape(found, shape);
  const test = mixed(found);
  const pixels = shape.reduce((product, each) => product * each, 1);
  const chosen = resolveClasses(test, classes);
  // The first images are the judges; real images of the classes come from behind them, so none judges itself.
  const split = Math.min(LABELLED, Math.floor(test.count / 2));
  const judges = fromBytes(test.images.subarray(0, split * pixels));
  const labels = test.labels.subarray(0, split);
  const rest = {
    ...test,
    images: test.images.subarray(split * pixels),
    labels: test.labels.subarray(split),
    count: test.count - split,
  };
  const held = selectClasses(rest, chosen);
  if (split === 0 || held.count < 2) {
    throw new InputError(
      `${test.source}: too few images to compare with, ${held.count} of these classes, expected 2 or more.`,
    );
  }
  const real = fromBytes(held.images.subarray(0, SAMPLES * pixels));

  await openDevice({ adapter: options.adapter });
  const generator = loadGenerator(saved, config);
  const images = sampleImages(generator, fixedLatents(config, SAMPLES), config);
  const fake = (await images.data()) as Float32Array;
  const present = presentClasses(test);
  const wanted = chosen === "all" ? present : chosen;
  const names = wanted.map((number) => test.classes?.[number] ?? number).join(" or ");
  for (const [name, set] of [
    ["generated", fake],
    ["real", real],
  ] as const) {
    const parts: string[] = [];
    if (present.length > 1) {
      const labelled = vote(set, judges, labels, pixels);
      const taken = labelled.filter((label) => wanted.includes(label)).length;
      if (wanted.length < present.length) parts.push(`taken for ${names}: ${taken} of ${labelled.length}`);
      const counts = present.map((number) => labelled.filter((label) => label === number).length);
      if (present.length <= COUNTED) parts.push(`counts ${nameAll(test, present)}: ${counts.join(" ")}`);
      else parts.push(`of ${counts.filter((n) => n > 0).length} classes out of ${present.length}`);
    }
    parts.push(`mean pairwise distance: ${meanPairwiseDistance(set, pixels).toFixed(2)}`);
    console.log(`${name.padEnd(10)} ${parts.join("   ")}`);
  }
  const ratio = meanPairwiseDistance(fake, pixels) / meanPairwiseDistance(real, pixels);
  console.log(`spread, generated over real: ${ratio.toFixed(2)}`);
});

/** Folders of images come class by class; those are shuffled, always alike, so that the judges know all classes. */
function mixed(dataset: ByteDataset): ByteDataset {
  const { labels, images, count } = dataset;
  if (labels.some((label, i) => i > 0 && label < labels[i - 1])) return dataset;
  const random = new HostRandom(1);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const size = images.length / count;
  const moved = new Uint8Array(images.length);
  order.forEach((from, to) => {
    moved.set(images.subarray(from * size, (from + 1) * size), to * size);
  });
  return { ...dataset, images: moved, labels: labels.map((_, i) => labels[order[i]]) };
}

/** Throws InputError unless these are images of the shape that the run made. */
function requireShape(
  test: Awaited<ReturnType<typeof loadData>>,
  shape: readonly number[],
): asserts test is ByteDataset {
  const found = test.kind === "images" ? [test.height, test.width, test.channels] : [2];
  if (found.join() === shape.join()) return;
  throw new InputError(
    `${test.source}: ${found.join("x")} each, but the run makes images of ${shape.join("x")}. Name its test set with --data.`,
  );
}
