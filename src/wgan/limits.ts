// Whether a run fits an adapter: a tensor is in one buffer, and an adapter limits how much of a buffer a kernel may bind.
// The networks' shapes tell, before there is a weight or a file.
import { sizeOf, slotSize } from "../autograd";
import type { NetworkConfig, RunConfig } from "./config";
import { planCritic, planGenerator } from "./models";

/** Bytes of a number. */
const BYTES = 4;
const megabytes = (bytes: number) => `${+(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The most samples that go through the networks at once, where a buffer is bound with so many bytes at most. */
export function largestBatch(config: NetworkConfig, bytes: number): number {
  const shapes = [planCritic(config), planGenerator(config)].flatMap(({ shapes }) => shapes);
  const largest = Math.max(...shapes.map(sizeOf));
  return Math.floor(Math.floor(bytes / BYTES) / largest);
}

/** What makes the run's tensors too large for an adapter, with the largest batch that fits; undefined where they fit. */
export function misfit(config: RunConfig, bytes: number): { key: string; message: string } | undefined {
  const { optimizer, data, batch } = config;
  const held = `this adapter's buffers hold ${megabytes(bytes)}`;
  const slots = optimizer.kind === "adam" ? 2 : 1;
  for (const which of ["generator", "critic"] as const) {
    const { weights } = which === "generator" ? planGenerator(config) : planCritic(config);
    const needed = BYTES * Math.max(slots * slotSize(weights), ...weights.map(({ size }) => size));
    if (needed <= bytes) continue;
    const message = `what the optimiser keeps of these weights needs ${megabytes(needed)}, but ${held}. Take fewer channels or units`;
    const mlp = config.network[which] === "mlp";
    return { key: mlp ? "network.hidden" : `network.${which}Channels`, message };
  }
  const most = largestBatch(config, bytes);
  if (most < 1) {
    const images = `samples of ${data.shape.join("x")} are too large for these networks, since ${held}`;
    return { key: "data.path", message: `${images}. Take fewer channels or smaller images` };
  }
  if (batch > most)
    return { key: "batch", message: `too large, since ${held}. The largest that fits is ${most}` };
  return undefined;
}
