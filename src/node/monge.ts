#!/usr/bin/env node
// The program `monge` of the package: `npx monge train …` is what `npm run train -- …` is in the project.
import { version } from "../../package.json";
import { nearest } from "./commandLine";

const commands: Record<string, () => Promise<unknown>> = {
  train: () => import("./train"),
  sample: () => import("./sample"),
  evaluate: () => import("./evaluate"),
  classifier: () => import("./classifier"),
  export: () => import("./export"),
  import: () => import("./import"),
  sweep: () => import("./sweep"),
  doctor: () => import("./doctor"),
  setup: () => import("./setup"),
  profile: () => import("./profile"),
  tune: () => import("./tune"),
  ladder: () => import("./ladder"),
};

const help = `monge ${version}: Wasserstein GANs on WebGPU.

usage: npx monge COMMAND [options]

  train       train a GAN, into a folder of its own
  sample      more images of a run, as one PNG
  evaluate    do a run's images look like digits, and do they differ?
  classifier  trains the classifier that evaluate judges by
  export      a run's networks for ONNX Runtime, PyTorch or TensorFlow.js
  import      a network that was trained elsewhere, as a run
  sweep       many runs, here or by Slurm or Optuna
  doctor      what this machine offers
  setup       a software driver, where this machine has none
  profile     where an iteration's time goes
  tune        the fastest kernels for this adapter, kept for later runs
  ladder      the kernels from naive to fast, timed

npx monge COMMAND --help tells the options of each.
`;

const [, , name] = process.argv;
if (name === undefined || name === "--help" || name === "-h") process.stdout.write(help);
else if (name === "--version") console.log(version);
else if (Object.hasOwn(commands, name)) {
  process.argv.splice(2, 1); // each command reads its own options
  await commands[name]();
} else {
  const near = nearest(name, Object.keys(commands));
  console.error(
    `monge: unknown command "${name}". ${near ? `Did you mean ${near}?` : "npx monge --help lists them."}`,
  );
  process.exitCode = 1;
}
