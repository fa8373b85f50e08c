// A whole configuration, for tests of what is written and read back.
import type { RunConfig } from "../../src/wgan/config";
import { presets } from "../../src/wgan/presets";

const { data, ...wgan } = presets.wgan;

export const runConfig: RunConfig = {
  monge: "0.1.0",
  preset: "wgan",
  data: {
    ...{ ...data, path: "/data/012", classes: [0, 1] },
    ...{ source: "mnist: /data/012", count: 12_665, shape: [28, 28, 1], classCount: 2, sha256: "?" },
  },
  ...wgan,
  steps: 1000,
  seed: 4294967295,
  sampleEvery: 0,
  adapter: { name: "llvmpipe", driver: "Mesa", kernels: "subgroup" },
};
