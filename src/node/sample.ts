// The command `npm run sample`: draws images with the generator of a run folder.
import { join } from "node:path";
import { imageGrid } from "../wgan/grid";
import { SAMPLES, sampleGrid, sampleImages } from "../wgan/sampling";
import { fixedLatents } from "../wgan/trainer";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { openDevice } from "./device";
import { requireWritable, writeFileAtomic } from "./files";
import { loadGenerator, readGenerator } from "./generator";
import { parseSampleOptions, sampleHelp } from "./options";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";

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
  // The seed's own latent vectors, so that the run's seed gives the run's pictures.
  const grid = sampleGrid(config, options.count ?? SAMPLES);
  const { columns } = grid;
  const count = options.count ?? grid.rows * columns;
  const latents = fixedLatents({ ...config, seed }, count);
  const images = sampleImages(generator, latents, config);
  const rows = Math.ceil(count / columns);
  writeFileAtomic(out, encodePng(imageGrid((await images.data()) as Float32Array, rows, columns)));
  console.log(`${count} ${count === 1 ? "image" : "images"}: ${out}`);
  return 0;
});
