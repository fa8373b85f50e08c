// The command `npm run sample`: draws images with the generator of a run folder.
import { join } from "node:path";
import { Random } from "../autograd";
import { imageGrid, squareGrid } from "../wgan/grid";
import { sampleImages, sampleLatents } from "../wgan/sampling";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { openDevice } from "./device";
import { requireWritable, writeFileAtomic } from "./files";
import { loadGenerator, readGenerator } from "./generator";
import { parseSampleOptions, sampleHelp } from "./options";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";

const AT_ONCE = 100; // images of a batch; bounds the memory of the widest layer

await runCommand(async () => {
  const options = parseSampleOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(sampleHelp);
  const run = options.run!;
  const config = readConfig(run);
  const saved = readGenerator(run);
  const seed = options.seed ?? config.seed;
  const out = options.out ?? join(run, `sample-seed-${seed}.png`);
  requireWritable(out);
  requireAdapter(options.adapter);
  await openDevice({ adapter: options.adapter });
  const generator = loadGenerator(saved, config);
  const random = new Random(seed);
  const { rows, columns } = squareGrid(options.count);
  const values = new Float32Array(options.count * 28 * 28);
  for (let at = 0; at < options.count; at += AT_ONCE) {
    const latents = sampleLatents(config, random, Math.min(AT_ONCE, options.count - at));
    const images = sampleImages(generator, latents, config);
    values.set((await images.data()) as Float32Array, at * 28 * 28);
    images.dispose();
    latents.dispose();
  }
  writeFileAtomic(out, encodePng(imageGrid(values, rows, columns)));
  console.log(`${options.count} ${options.count === 1 ? "image" : "images"}: ${out}`);
});
