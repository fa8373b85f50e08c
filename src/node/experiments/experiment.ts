// What an experiment is: the trainings that it compares, and the part of its page that is made of what they measured.
import type { Figures } from "../../wgan/evaluating";

/** Options of train by their names, without the dashes. */
export type TrainOptions = Readonly<Record<string, string | number>>;

/** A training to be done; of the settings in which they differ the name says which. */
export interface Training {
  name: string;
  options: TrainOptions;
}

/** What a training measured after a step; among its figures `estimate`, the critic's, filtered. */
export interface Look {
  step: number;
  figures: Figures;
}

/** A training that is done. */
export interface Done extends Training {
  /** The sha256 of what it learnt from. */
  data: string;
  /** One at least; the last is of its last step. */
  looks: Look[];
  /** Its folder; undefined where it is known by what was kept of it. */
  path?: string;
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
  /** Whether its page shows more than what was measured meanwhile, so that it needs the folders of all its trainings. */
  needsFolders?: true;
  /** In the order in which they are done. `quick`: few steps of small networks, which show nothing. */
  trainings(quick: boolean): Training[];
  /** What those that are done tell; there is one at least. */
  results(done: readonly Done[]): Promise<Results>;
}
