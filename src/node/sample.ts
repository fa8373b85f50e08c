// The command `npm run sample`: draws images with the generator of a run folder.
import { join } from "node:path";
import { sizeOf, slice, tidy } from "../autograd";
import { samplePicture } from "../wgan/samplePicture";
import { SAMPLES, sampleGrid, sampleImages } from "../wgan/sampling";
import { fixedLatents } from "../wgan/trainer";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { openDevice } from "./device";
import { requireWritable, writeFileAtomic } from "./files";
import { parseSampleOptions, sampleHelp } from "./options";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";
import { counted } from "./progress";
import { loadNetwork, readNetwork } from "./savedNetwork";

/** Read back at once; more would need a larger buffer. */
const AT_ONCE = 100;

await runCommand(async () => {
  const options = parseSampleOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(sampleHelp);
  const run = options.run!;
  const config = readConfig(run);
  const saved = readNetwork("generator", run);
  const seed = options.seed ?? config.seed;
  const out = options.out ?? join(run, `sample-seed-${seed}.png`);
  requireWritable(out);
  requireAdapter(options.adapter);
  await openDevice({ adapter: options.adapter });
  const generator = loadNetwork(saved, config);
  const { shape } = config.data;
  const grid = sampleGrid(config, options.count ?? SAMPLES);
  const { columns } = grid;
  const count = options.count ?? grid.rows * columns;
  // The seed's own latent vectors, so that the run's seed gives the run's pictures.
  const latents = fixedLatents({ ...config, seed }, count);
  const values = new Float32Array(count * sizeOf(shape));
  for (let at = 0; at < count; at += AT_ONCE) {
    const sizes = [Math.min(AT_ONCE, count - at), latents.shape[1]];
    const images = tidy(() => sampleImages(generator, slice(latents, { starts: [at, 0], sizes }), config));
    values.set((await images.data()) as Float32Array, at * sizeOf(shape));
    images.dispose();
  }
  writeFileAtomic(out, encodePng(samplePicture(values, config.data, Math.ceil(count / columns), columns)));
  console.log(`${counted(count, shape.length === 1 ? "point" : "image")}: ${out}`);
  return 0;
});
