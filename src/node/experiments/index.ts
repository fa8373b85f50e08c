// All experiments by their names; docs/science has a page of each.
import { clipping } from "./clipping";
import { digit5 } from "./digit5";
import { estimate } from "./estimate";
import type { Experiment } from "./experiment";
import { stability } from "./stability";
import { stacked } from "./stacked";
import { toys } from "./toys";

export const experiments: Readonly<Record<string, Experiment>> = {
  toys,
  digit5,
  estimate,
  clipping,
  stability,
  stacked,
};
