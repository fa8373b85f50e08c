// What an experiment is: the trainings that it compares, and the part of its page that their folders make.
import type { RunConfig } from "../../wgan/config";
import type { LossRow } from "../lossFile";
import type { EvaluationRow } from "../outputs/metrics";

/** Options of train by their names, without the dashes. */
export type TrainOptions = Readonly<Record<string, string | number>>;

/** A training to be done; of the settings in which they differ the name says which. */
export interface Training {
  name: string;
  options: TrainOptions;
}

/** A training that is done, by its folder. */
export interface Done {
  name: string;
  path: string;
  config: RunConfig;
  rows: LossRow[];
  evaluations: EvaluationRow[];
}

/** The results as Markdown, and the pictures that it shows, by the names of their files. */
export interface Results {
  text: string;
  pictures: Readonly<Record<string, Uint8Array>>;
}

export interface Experiment {
  /** One line that says what it asks. */
  about: string;
  /** What it learns from: digits, which --data may name, stacks of them, or toys. */
  data: "digits" | "stacks" | "toys";
  /** In the order in which they are done. `quick`: few steps of small networks, which show nothing. */
  trainings(quick: boolean): Training[];
  /** What those that are done tell; there is one at least. */
  results(done: readonly Done[]): Promise<Results>;
}
