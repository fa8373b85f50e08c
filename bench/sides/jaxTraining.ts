// jax-js's side of the training rows: both networks as functions of their numbers, and each update as one jitted function.
import type { Arr } from "../peers/jax.mjs";
import { array, fromJax, image, jax, submit, toJax } from "./jaxArrays";
import { batchNorm, convolve, paddingOf, scaled } from "./jaxLayers";
import type { Start, State, Training } from "./side";

/** Numbers of a network by name; a type and not an interface, as jax-js's trees need. */
type Numbers = { [name: string]: Arr };

/** The tutorial's networks. */
export function train({ weights: start }: Start): Training<Arr> {
  const { numpy: np, nn } = jax;
  let weights: Numbers = {};
  let averages: Numbers = {};
  const load = (state: State) => {
    jax.tree.dispose([weights, averages]);
    weights = {};
    averages = {};
    for (const [name, host] of Object.entries(state)) {
      const made = array(toJax(name, host));
      if (name.includes("running")) averages[name] = made;
      else weights[name] = made;
    }
  };
  load(start);
  const names = Object.keys(weights);
  const criticTrains = names.filter((name) => name.startsWith("critic."));
  const generatorTrains = names.filter((name) => name.startsWith("generator.") || /gamma|beta/.test(name));
  const zeros = (of: string[]): Numbers =>
    Object.fromEntries(
      of.map((name) => {
        const { shape, data } = toJax(name, start[name]);
        return [name, array({ shape, data: new Float32Array(data.length) })];
      }),
    );
  let criticSlots = zeros(criticTrains);
  let generatorSlots = zeros(generatorTrains);

  const leaky = (x: Arr) => nn.leakyRelu(x, 0.2);
  const bias = (w: Numbers, layer: string, rank: number) => {
    const held = w[`${layer}.bias`].ref;
    return rank === 4 ? held.reshape([1, held.shape[0], 1, 1]) : held;
  };
  const dense = (w: Numbers, x: Arr, layer: string) =>
    np.matmul(x, w[`${layer}.weight`].ref).add(bias(w, layer, 2));
  const conv = (w: Numbers, x: Arr, layer: string, stride: number) => {
    const weight = w[`${layer}.weight`].ref;
    return convolve(x, weight, weight.shape[2], stride).add(bias(w, layer, 4));
  };
  const convTranspose = (w: Numbers, x: Arr, layer: string) =>
    jax.lax
      .convTranspose(x, w[`${layer}.weight`].ref, [2, 2], paddingOf(4, 2), { transposeKernel: true })
      .add(bias(w, layer, 4));
  /** Batch norm by the batch's statistics; puts the moved averages into `moved`, or by the averages without it. */
  const norm = (w: Numbers, old: Numbers, x: Arr, layer: string, moved?: Numbers) => {
    const [gamma, beta] = [w[`${layer}.gamma`].ref, w[`${layer}.beta`].ref];
    const [meanName, varianceName] = [`${layer}.runningMean`, `${layer}.runningVariance`];
    const channels = gamma.shape[0];
    if (!moved) {
      const column = (name: string) => old[name].ref.reshape([1, channels, 1, 1]);
      return scaled(x.sub(column(meanName)), column(varianceName), gamma, beta);
    }
    const count = x.shape[0] * x.shape[2] * x.shape[3];
    const { y, mean, variance } = batchNorm(x, gamma, beta);
    const blend = (name: string, value: Arr, take: number) =>
      old[name].ref.mul(0.99).add(value.reshape([channels]).mul(take));
    moved[meanName] = blend(meanName, mean, 0.01);
    moved[varianceName] = blend(varianceName, variance, (0.01 * count) / (count - 1));
    return y;
  };
  const score = (w: Numbers, old: Numbers, images: Arr, moved: Numbers) => {
    const a = leaky(norm(w, old, conv(w, images, "critic.0", 2), "critic.1", moved));
    const b = leaky(norm(w, old, conv(w, a, "critic.2", 2), "critic.3", moved));
    return np.mean(dense(w, b.reshape([b.shape[0], 3136]), "critic.5"));
  };
  const generate = (w: Numbers, old: Numbers, latents: Arr, moved?: Numbers) => {
    const batch = latents.shape[0];
    const a = leaky(dense(w, latents, "generator.0")).reshape([batch, 128, 7, 7]);
    const b = leaky(norm(w, old, convTranspose(w, a, "generator.3"), "generator.4", moved));
    const c = leaky(norm(w, old, convTranspose(w, b, "generator.5"), "generator.6", moved));
    return np.tanh(conv(w, c, "generator.7", 1));
  };
  const rmsprop = (weight: Arr, gradient: Arr, slot: Arr, clip: boolean): [Arr, Arr] => {
    const average = slot.mul(0.9).add(np.square(gradient.ref).mul(0.1));
    const next = weight.sub(gradient.mul(5e-5).div(np.sqrt(average.ref.add(1e-7))));
    return [clip ? np.clip(next, -0.01, 0.01) : next, average];
  };
  const step = (trained: Numbers, gradients: Numbers, slots: Numbers, clip: boolean) => {
    const result = { weights: {} as Numbers, slots: {} as Numbers };
    for (const name of Object.keys(trained)) {
      const isKernel = trained[name].shape.length === 4;
      const [weight, slot] = rmsprop(trained[name], gradients[name], slots[name], clip && isKernel);
      result.weights[name] = weight;
      result.slots[name] = slot;
    }
    return result;
  };
  const pick = (from: Numbers, chosen: readonly string[]): Numbers =>
    Object.fromEntries(chosen.map((name) => [name, from[name]]));
  const held = (numbers: Numbers) => jax.tree.ref(numbers);
  const take = (into: Numbers, changed: Numbers) => ({ ...into, ...changed });

  const updater = (
    label: number,
    clip: boolean,
    forward: (w: Numbers, old: Numbers, x: Arr, moved: Numbers) => Arr,
  ) =>
    jax.jit((trained: Numbers, fixed: Numbers, old: Numbers, slots: Numbers, x: Arr) => {
      const loss = (w: Numbers): [Arr, Numbers] => {
        const moved: Numbers = {};
        const value = forward({ ...w, ...fixed }, old, x.ref, moved);
        return [value.mul(label), moved];
      };
      const [[value, moved], gradients] = jax.valueAndGrad(loss, { hasAux: true })(held(trained));
      const next = step(trained, gradients, slots, clip);
      return { value, moved, weights: next.weights, slots: next.slots };
    });
  const critics = {
    "-1": updater(-1, true, score),
    "1": updater(1, true, score),
  };
  const generatorUpdate = updater(-1, false, (w, old, latents, moved) =>
    score(w, old, generate(w, old, latents, moved), moved),
  );
  const generatorNames = names.filter((name) => name.startsWith("generator."));
  const averagesOf = (network: string) => Object.keys(averages).filter((name) => name.startsWith(network));
  const inference = jax.jit((w: Numbers, old: Numbers, latents: Arr) => generate(w, old, latents));
  const criticFixed = names.filter((name) => name.startsWith("critic.") && !/gamma|beta/.test(name));
  const optimize = jax.jit((w: Numbers, gradients: Numbers, slots: Numbers) =>
    step(w, gradients, slots, true),
  );
  let gradients: Numbers | undefined;

  /** Takes over what an update changed, and gives its loss. */
  const updated = async ({
    weights: changed,
    moved,
    value,
  }: {
    weights: Numbers;
    moved: Numbers;
    value: Arr;
  }): Promise<Arr> => {
    weights = take(weights, changed);
    averages = take(averages, moved);
    await submit(value);
    return value;
  };

  return {
    upload: (host) => (host.shape.length === 4 ? image(host) : array(host)),
    async critic(images, label) {
      const result = critics[label](
        pick(weights, criticTrains),
        {},
        pick(averages, averagesOf("critic.")),
        criticSlots,
        images.ref,
      );
      criticSlots = result.slots;
      return updated(result);
    },
    async fakes(latents) {
      const w = held(pick(weights, generatorNames));
      const images = inference(w, held(pick(averages, averagesOf("generator."))), latents.ref);
      await submit(images);
      return images;
    },
    async generator(latents) {
      const result = generatorUpdate(
        pick(weights, generatorTrains),
        held(pick(weights, criticFixed)),
        averages,
        generatorSlots,
        latents.ref,
      );
      generatorSlots = result.slots;
      return updated(result);
    },
    async rmsprop() {
      gradients ??= held(pick(weights, criticTrains));
      const result = optimize(pick(weights, criticTrains), held(gradients), criticSlots);
      weights = take(weights, result.weights);
      criticSlots = result.slots;
      await submit(weights[criticTrains[0]]);
    },
    free: (value) => value.dispose(),
    scalar: async (value) => (await value.ref.data())[0],
    async state() {
      const state: State = {};
      for (const [name, value] of Object.entries({ ...weights, ...averages })) {
        const { shape } = value;
        state[name] = fromJax(name, { shape, data: await value.ref.data() }, start[name].shape);
      }
      return state;
    },
    load,
    dispose() {
      jax.tree.dispose([weights, averages, criticSlots, generatorSlots, gradients ?? {}]);
    },
  };
}
