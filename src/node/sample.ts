// The command `npm run sample`: draws images with the generator of a run folder.
import { join } from "node:path";
import { sizeOf, slice, type Tensor, tensor, tidy } from "../autograd";
import { HostRandom } from "../kernels/threefry";
import { latentRows } from "../wgan/interpolate";
import { labelsOf } from "../wgan/models";
import { SAMPLES, sampleGrid, sampleImages } from "../wgan/sampling";
import { fixedLatents } from "../wgan/trainer";
import { truncateLatents } from "../wgan/truncate";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { openDevice } from "./device";
import { requireAdapter } from "./probe";
import { counted, createSoloProgress } from "./progress";
import { parseSampleOptions, sampleHelp } from "./runOptions";
import { requireOut, writeSamples } from "./sampleFiles";
import { drawn, loadNetwork, readNetwork } from "./savedNetwork";

/** Read back at once; more would need a larger buffer. */
const AT_ONCE = 100;
/** Ways between latent vectors, where nobody says how many images. */
const WAYS = 10;

await runCommand(async () => {
  const options = parseSampleOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(sampleHelp);
  const run = options.run!;
  const config = readConfig(run);
  const saved = readNetwork("generator", run, options.best);
  const seed = options.seed ?? config.seed;
  const out = options.out ?? join(run, `sample-seed-${seed}.png`);
  const { truncate, interpolate } = options;
  const { shape } = config.data;
  const grid = sampleGrid(config, options.count ?? SAMPLES);
  const columns = interpolate ?? grid.columns;
  const count = options.count ?? (interpolate ? WAYS * interpolate : grid.rows * grid.columns);
  const kind = requireOut(out, config.data, count);
  requireAdapter(options.adapter);
  await openDevice({ adapter: options.adapter });
  const generator = loadNetwork(saved, config);
  // The seed's own latent vectors, so that the run's seed gives the run's pictures.
  const vectors = fixedLatents({ ...config, seed }, interpolate ? (2 * count) / interpolate : count);
  const latents = truncate || interpolate ? await changed(vectors) : vectors;
  const values = new Float32Array(count * sizeOf(shape));
  const drawing = createSoloProgress(count, process.stdout);
  try {
    for (let at = 0; at < count; at += AT_ONCE) {
      drawing.update(at);
      const sizes = [Math.min(AT_ONCE, count - at), latents.shape[1]];
      const images = tidy(() => sampleImages(generator, slice(latents, { starts: [at, 0], sizes }), config));
      values.set(await drawn(images, run), at * sizeOf(shape));
    }
  } finally {
    drawing.done();
  }
  const writing = createSoloProgress(count, process.stdout);
  try {
    writeSamples(kind, out, values, config.data, columns, writing);
  } finally {
    writing.done();
  }
  console.log(`${counted(count, shape.length === 1 ? "point" : "image")}: ${out}`);
  return 0;

  async function changed(vectors: Tensor): Promise<Tensor> {
    const size = { latent: config.network.latent, labels: labelsOf(config) };
    let numbers = (await vectors.data()) as Float32Array;
    if (truncate) {
      const normal = { deviation: config.network.latentDeviation, limit: truncate };
      numbers = truncateLatents(numbers, size, normal, new HostRandom(seed));
    }
    if (interpolate) numbers = latentRows(numbers, size, interpolate);
    return tensor(numbers, [count, vectors.shape[1]]);
  }
});
