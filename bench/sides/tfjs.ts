// TensorFlow.js's side: core ops on the WebGPU backend, `variableGrads` and `train.rmsprop` for training, in NHWC.
// Layers would add a convolution's bias within its kernel, but the gradient of that computes all three derivatives, also
// those that nobody asks for: more work than the kernel saves. `fakes` has no gradient, but keeps to that one form.
// Single kernels that core does not export are run through the engine, so that nothing else is timed with them.
import { benchGpu } from "../gpu";
import { CHAIN, type HostWork, numbers, SIDE } from "../host";
import type { Optimizer, Tensor, Variable } from "../peers/tfjs.mjs";
import type { Case, Shape, Side, Start, State, Training, Work } from "./side";

type Tf = typeof import("../peers/tfjs.mjs");
let tf: Tf;

async function load(): Promise<void> {
  benchGpu(); // the backend looks for navigator.gpu while it is imported
  tf = await import("../peers/tfjs.mjs");
  await tf.setBackend("webgpu");
  await tf.ready();
}

function handOver(): void {
  const backend = tf.backend();
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

/** Hands over what is queued, and waits for it. */
async function finish(): Promise<void> {
  handOver();
  await tf.backend().device.queue.onSubmittedWorkDone();
}

export async function open(): Promise<Side> {
  await load();
  return { name: "tfjs", device: tf.backend().device, prepare, train, finish };
}

/** Its chains for the rows of what the host pays; it has nothing to replay. */
export async function tfjsHost(): Promise<HostWork> {
  await load();
  const [x, y] = [0, 1].map(() => tf.tensor(numbers(), [SIDE, SIDE]));
  return {
    eager() {
      let z = x;
      for (let i = 0; i < CHAIN; i++) {
        const next = tf.add(z, y);
        if (z !== x) z.dispose();
        z = next;
      }
      z.dispose();
    },
    handOver,
    finish,
  };
}

function prepare(work: Work, inputs: { shape: Shape; data: Float32Array }[]): Case {
  const held = inputs.map(({ shape, data }) => tf.tensor(data, shape));
  const op = operation(work, held);
  let latest: Tensor[] = [];
  return {
    run() {
      tf.dispose(latest);
      latest = tf.tidy(op);
    },
    async read() {
      const read: Float32Array[] = [];
      for (const result of latest) read.push(await result.data());
      return read;
    },
    dispose() {
      tf.dispose([latest, held]);
    },
  };
}

function operation(work: Work, inputs: Tensor[]): () => Tensor[] {
  const [x, w, dy] = inputs;
  switch (work.kind) {
    case "matmul":
      return () => [tf.matMul(x, w, work.transposeA ?? false, work.transposeB ?? false)];
    case "conv": {
      const attributes = {
        strides: work.stride,
        pad: "same",
        dataFormat: "NHWC",
        dimRoundingMode: undefined,
      };
      const inputGradient = () =>
        tf
          .engine()
          .runKernel("Conv2DBackpropInput", { dy, filter: w }, { ...attributes, inputShape: work.x });
      const filterGradient = () =>
        tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: work.w });
      if (work.pass === "forward") return () => [tf.conv2d(x, w, work.stride, "same")];
      if (work.pass === "input-gradient") return () => [inputGradient()];
      if (work.pass === "filter-gradient") return () => [filterGradient()];
      return () => [inputGradient(), filterGradient()];
    }
    case "batch-norm": {
      const [, gamma, beta, upstream] = inputs;
      const forward = (from: Tensor, scale: Tensor, offset: Tensor) => {
        const { mean, variance } = tf.moments(from, [0, 1, 2]);
        return { y: tf.batchNorm(from, mean, variance, offset, scale, 1e-3), mean, variance };
      };
      if (work.pass === "backward") {
        const both = tf.valueAndGrads((from, scale, offset) => forward(from, scale, offset).y);
        return () => {
          const { value, grads } = both([x, gamma, beta], upstream);
          return [value, ...grads];
        };
      }
      return () => {
        const { y, mean, variance } = forward(x, gamma, beta);
        return [y, mean, variance];
      };
    }
    case "pointwise":
      if (work.op === "add") return () => [tf.add(x, w)];
      if (work.op === "tanh") return () => [tf.tanh(x)];
      return () => [tf.leakyRelu(x, 0.2)];
    case "reduce":
      return work.op === "sum" ? () => [tf.sum(x)] : () => [tf.sum(x, 0)];
  }
}

let trainings = 0;

/** The tutorial's networks. */
function train({ weights: start }: Start): Training<Tensor> {
  const prefix = `training${trainings++}.`; // tfjs's variables have names that no other may have
  const v: Record<string, Variable> = {};
  for (const [name, { shape, data }] of Object.entries(start)) {
    const first = tf.tensor(data, shape);
    v[name] = tf.variable(first, !name.includes("running"), prefix + name);
    first.dispose(); // it would hold the numbers from before the first update
  }
  const named = (pick: (name: string) => boolean) =>
    Object.keys(v).filter((name) => pick(name) && !name.includes("running"));
  const criticTrains = named((name) => name.startsWith("critic."));
  // As on Keras 2, where the tutorial's freezing leaves the critic's batch norms free.
  const generatorTrains = named((name) => name.startsWith("generator.") || /gamma|beta/.test(name));
  const optimizers: Record<string, Optimizer> = {};
  const clipped = criticTrains.filter((name) => start[name].shape.length === 4);

  const norm = (x: Tensor, layer: string, training: boolean) => {
    const [gamma, beta] = [v[`${layer}.gamma`], v[`${layer}.beta`]];
    const [runningMean, runningVariance] = [v[`${layer}.runningMean`], v[`${layer}.runningVariance`]];
    if (!training) return tf.batchNorm(x, runningMean, runningVariance, beta, gamma, 1e-3);
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const count = x.shape[0] * x.shape[1] * x.shape[2];
    blend(runningMean, mean, 0.01);
    blend(runningVariance, variance, (0.01 * count) / (count - 1));
    return tf.batchNorm(x, mean, variance, beta, gamma, 1e-3);
  };
  const blend = (average: Variable, value: Tensor, take: number) =>
    tf.tidy(() => average.assign(tf.add(tf.mul(average, 0.99), tf.mul(value, take))));
  const leaky = (x: Tensor) => tf.leakyRelu(x, 0.2);
  const conv = (x: Tensor, layer: string, stride: number) =>
    tf.add(tf.conv2d(x, v[`${layer}.weight`], stride, "same"), v[`${layer}.bias`]);
  const convTranspose = (x: Tensor, layer: string) => {
    const [n, h, w] = x.shape;
    const weight = v[`${layer}.weight`];
    const shape = [n, 2 * h, 2 * w, weight.shape[2]];
    return tf.add(tf.conv2dTranspose(x, weight, shape, 2, "same"), v[`${layer}.bias`]);
  };
  const dense = (x: Tensor, layer: string) => tf.add(tf.matMul(x, v[`${layer}.weight`]), v[`${layer}.bias`]);

  const score = (images: Tensor) => {
    const a = leaky(norm(conv(images, "critic.0", 2), "critic.1", true));
    const b = leaky(norm(conv(a, "critic.2", 2), "critic.3", true));
    return tf.mean(dense(tf.reshape(b, [b.shape[0], 3136]), "critic.5"));
  };
  const generate = (latents: Tensor, training: boolean) => {
    const a = tf.reshape(leaky(dense(latents, "generator.0")), [latents.shape[0], 7, 7, 128]);
    const b = leaky(norm(convTranspose(a, "generator.3"), "generator.4", training));
    const c = leaky(norm(convTranspose(b, "generator.5"), "generator.6", training));
    return tf.tanh(conv(c, "generator.7", 1));
  };
  const update = (who: string, names: string[], loss: () => Tensor) => {
    optimizers[who] ??= tf.train.rmsprop(5e-5, 0.9, 0, 1e-7); // its epsilon stands inside of the root
    const { value, grads } = tf.variableGrads(
      loss,
      names.map((name) => v[name]),
    );
    optimizers[who].applyGradients(grads);
    tf.dispose(grads);
    return value;
  };
  const clip = () =>
    tf.tidy(() => {
      for (const name of clipped) v[name].assign(tf.clipByValue(v[name], -0.01, 0.01));
    });

  let gradients: Record<string, Tensor> | undefined;
  return {
    upload: ({ shape, data }) => tf.tensor(data, shape),
    critic(images, label) {
      const loss = update("critic", criticTrains, () =>
        label === 1 ? score(images) : tf.neg(score(images)),
      );
      clip();
      return loss;
    },
    fakes: (latents) => tf.tidy(() => generate(latents, false)),
    generator: (latents) =>
      update("generator", generatorTrains, () => tf.neg(score(generate(latents, true)))),
    rmsprop() {
      gradients ??= Object.fromEntries(criticTrains.map((name) => [prefix + name, tf.mul(v[name], 1)]));
      optimizers.alone ??= tf.train.rmsprop(5e-5, 0.9, 0, 1e-7);
      optimizers.alone.applyGradients(gradients);
      clip();
    },
    free: (value) => value.dispose(),
    scalar: async (value) => (await value.data())[0],
    async state() {
      const state: State = {};
      for (const [name, value] of Object.entries(v))
        state[name] = { shape: value.shape, data: await value.data() };
      return state;
    },
    load: (state) =>
      void tf.tidy(() => {
        for (const [name, { shape, data }] of Object.entries(state)) v[name].assign(tf.tensor(data, shape));
      }),
    dispose() {
      for (const optimizer of Object.values(optimizers)) optimizer.dispose();
      tf.dispose([Object.values(v), gradients ?? {}]);
    },
  };
}
