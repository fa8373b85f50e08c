// The rows of the bench, by families: what is computed, how much work that is, and what limits it.
// bounds.ts says how far results may be apart.
import { convOutput } from "./inputs";
import type { ConvPass, Preset, Shape, Work } from "./sides/side";

export interface KernelRow {
  name: string;
  family: string;
  work: Work;
  /** Floating-point operations, where they and not the memory are what a machine runs out of. */
  flops?: number;
  /** Bytes that must be read and written at least. */
  bytes?: number;
}

/** What limits a family; goes into the report beside its rows. */
export const limitsOf: Record<string, string> = {
  matmul:
    "Arithmetic. On lavapipe, where fma is a multiplication and an addition, the large ones come near the rate of a " +
    "kernel that only multiplies and adds in registers. The rest goes to loads, which go lane by lane (a test of the " +
    "lane's mask, then for each component a bounds check, a load and an insert), and to the sums of a tile, which do not " +
    "fit into 16 vector registers: each block of four rows makes four steps of the sum before the next. On a GPU it is " +
    "the registers and the workgroup memory that feed the arithmetic.",
  "matmul skinny":
    "Memory and parallelism: one side of the product is short, so a number is used 64 times at most, and few workgroups " +
    "are busy unless the sum is split.",
  convolution:
    "Arithmetic, as in a product of the same size; the input gradient has four parity classes of 2x2 taps each, the filter " +
    "gradient few outputs and long sums, which are split.",
  "thin convolution":
    "Memory beside the arithmetic: a tile of one channel would be almost empty, so the windows of the thin image, or each " +
    "pixel's share of them, are a matrix that is written and read again; its product has sums of 16 terms (first-conv) " +
    "or 49 columns (last-conv).",
  "batch norm":
    "Loads and stores: forward reads x twice and writes y; backward does that too, then reads x and dy twice and writes " +
    "dx. On a GPU that is memory's rate; on lavapipe about half of what it copies, as it goes lane by lane and also computes.",
  pointwise:
    "On a GPU memory. On lavapipe loads and stores, which go lane by lane; tanh is held up by its arithmetic there.",
  reduce: "As pointwise: each number is loaded once, and in parts, so that all cores have some.",
  training:
    "The sum of its kernels. On a GPU the host: how many dispatches there are, and what it costs to hand each over; monge " +
    "records an update once and replays it.",
  optimizer:
    "Memory and the number of dispatches, one for seven tensors where the adapter binds 15 buffers, else for three: " +
    "weights, slots and gradients are read once, weights and slots written.",
  host:
    "The host alone, on Dawn's null backend, which computes nothing: so there are no results to compare. An op goes " +
    "through the engine's own code (shapes, memory, the choice of a kernel) and Dawn's; a replayed dispatch through what the " +
    "engine keeps of it and Dawn's. Bare calls to Dawn cost some microseconds a dispatch.",
  memory:
    "What the backward pass needs of the forward pass, 64 images through both networks at most, and what a pool keeps for " +
    "reuse; monge keeps the buffers of the updates that it replays. A side that takes over 15 s runs one iteration, the " +
    "others two.",
  start:
    "From the start of the process to the end of its first iteration: loading the code, compiling shaders, and the iteration " +
    "itself, which on a software driver is a large part.",
};

const matmul = (
  name: string,
  m: number,
  k: number,
  n: number,
  form: "nn" | "nt" | "tn" = "nn",
): KernelRow => ({
  name: `matmul ${name}`,
  family: name.startsWith("skinny") ? "matmul skinny" : "matmul",
  work: { kind: "matmul", m, k, n, transposeA: form === "tn", transposeB: form === "nt" },
  flops: 2 * m * k * n,
  bytes: 4 * (m * k + k * n + m * n),
});

const conv = (name: string, pass: ConvPass, x: Shape, w: Shape, stride: number): KernelRow => {
  const y = convOutput(x, w, stride);
  const flops = 2 * y[0] * y[1] * y[2] * w.reduce((a, b) => a * b);
  return {
    name,
    family: w[2] === 1 || w[3] === 1 ? "thin convolution" : "convolution",
    work: { kind: "conv", pass, x, w, stride },
    flops: pass === "both" ? 2 * flops : flops,
  };
};

const wide = (channels: number, batch: number): KernelRow[] => {
  const x = [batch, 14, 14, channels];
  const w = [4, 4, channels, channels];
  return (["forward", "input-gradient", "filter-gradient"] as const).map((pass) =>
    conv(`conv${channels} ${pass}`, pass, x, w, 2),
  );
};

/** 2M numbers, as one row or as rows of 128 channels. */
const MANY = 2 ** 21;

export const kernelRows: KernelRow[] = [
  ...(["nn", "nt", "tn"] as const).flatMap((form) =>
    [256, 512, 1024].map((n) => matmul(`${form} ${n}`, n, n, n, form)),
  ),
  matmul("skinny 64x3136x1", 64, 3136, 1),
  matmul("skinny 64x50x6272", 64, 50, 6272),
  matmul("skinny tn 50x64x6272", 50, 64, 6272, "tn"),
  ...wide(64, 32),
  ...wide(128, 64),
  conv("first-conv forward", "forward", [32, 28, 28, 1], [4, 4, 1, 64], 2),
  conv("first-conv backward", "filter-gradient", [32, 28, 28, 1], [4, 4, 1, 64], 2),
  conv("last-conv forward", "forward", [64, 28, 28, 128], [7, 7, 128, 1], 1),
  conv("last-conv backward", "both", [64, 28, 28, 128], [7, 7, 128, 1], 1),
  {
    name: "batch-norm forward",
    family: "batch norm",
    work: { kind: "batch-norm", pass: "forward", x: [64, 14, 14, 128] },
    bytes: 4 * 3 * 64 * 14 * 14 * 128,
  },
  {
    name: "batch-norm backward",
    family: "batch norm",
    work: { kind: "batch-norm", pass: "backward", x: [64, 14, 14, 128] },
    bytes: 4 * (3 + 5) * 64 * 14 * 14 * 128, // the forward pass is in it on all sides
  },
  ...(["add", "leaky-relu", "tanh"] as const).map((op) => ({
    name: `pointwise ${op}`,
    family: "pointwise",
    work: { kind: "pointwise", op, size: MANY } as const,
    bytes: 4 * MANY * (op === "add" ? 3 : 2),
  })),
  ...(["sum", "column-sums"] as const).map((op) => ({
    name: `reduce ${op.replace("-", " ")}`,
    family: "reduce",
    work: { kind: "reduce", op, rows: MANY / 128, columns: 128 } as const,
    bytes: 4 * MANY,
  })),
];

/** For a GPU: on a processor the second takes minutes. */
export const largeRows: KernelRow[] = [4096, 8192].map((n) => matmul(`nn ${n}`, n, n, n));

/** What of a preset's iteration a row runs. */
export interface TrainingRow {
  name: string;
  family: string;
  preset: Preset;
  runs: "optimizer" | "critic" | "generator" | "iteration";
}

export const trainingRows: TrainingRow[] = [
  { name: "rmsprop-clip critic", family: "optimizer", preset: "tutorial", runs: "optimizer" },
  { name: "critic-update", family: "training", preset: "tutorial", runs: "critic" },
  { name: "generator-update", family: "training", preset: "tutorial", runs: "generator" },
  { name: "iteration tutorial", family: "training", preset: "tutorial", runs: "iteration" },
  { name: "iteration wgan", family: "training", preset: "wgan", runs: "iteration" },
  { name: "iteration wgan-gp", family: "training", preset: "wgan-gp", runs: "iteration" },
];
/** On Dawn's null backend. */
export const hostRows = [
  { name: "host eager op", family: "host" },
  { name: "host replay dispatch", family: "host" },
] as const;
export const processRows = [
  { name: "peak-memory iteration", family: "memory" },
  { name: "cold-start", family: "start" },
] as const;

export const rowNames: string[] = [...kernelRows, ...hostRows, ...trainingRows, ...processRows].map(
  ({ name }) => name,
);
