// The command line of `experiment`: the experiment's name, and where its trainings go.
import { InputError } from "../../errors";
import { nearest, readOptions } from "../commandLine";
import { notEmpty } from "../options";
import { requireMakeable } from "../runFolder";
import { experiments } from ".";
import type { Experiment } from "./experiment";

export type ExperimentOptions =
  | { kind: "help" }
  | {
      kind: "run";
      name: string;
      experiment: Experiment;
      out?: string;
      data?: string;
      quick: boolean;
      report: boolean;
    };

const list = Object.entries(experiments)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}\n`)
  .join("");

/** Where the data are from that --data does not name. */
const dataOf = {
  toys: "learns from toys, which are drawn",
  stacks: "stacks the digits that MONGE_DATA names, or that are found without --data",
};

export const experimentHelp = `Does the trainings of an experiment, one after the other, and writes what they tell into its page,
docs/science/NAME.md. A training that is done is not done again, and one that was broken off goes on.

usage: npm run experiment -- NAME [options]

${list}
  --out DIR            folder of the trainings; without it: runs/NAME
  --data DIR           the digits, as npm run train takes them; without it those that train finds. The page then goes
                       into the folder of the trainings, since the one in docs is of MNIST
  --report             start no training: the page of those that are done
  --quick              a dry run of few steps, which shows nothing; its page goes into --out, too

  --help               show this text
`;

/** Reads experiment's arguments (without node and script). Throws InputError at the first that is off. */
export function parseExperimentOptions([first, ...more]: string[]): ExperimentOptions {
  const known = Object.keys(experiments).join(", ");
  if (first === "--help" || first === "-h" || more.includes("--help")) return { kind: "help" };
  if (first === undefined || first.startsWith("-"))
    throw new InputError(`expected the name of an experiment first, one of ${known}.`);
  const experiment = Object.hasOwn(experiments, first) ? experiments[first] : undefined;
  if (!experiment) {
    const near = nearest(first, Object.keys(experiments));
    throw new InputError(
      `no experiment "${first}": ${near ? `did you mean ${near}?` : `there are ${known}.`}`,
    );
  }
  const given = readOptions("experiment", more, ["out", "data"], ["quick", "report"]);
  const [out, data] = [given.read("out", notEmpty), given.read("data", notEmpty)];
  if (given.adapter !== undefined) throw new InputError("--adapter: experiments run on the default one.");
  if (data !== undefined && experiment.data !== "digits")
    throw new InputError(`--data ${data}: ${first} ${dataOf[experiment.data]}.`);
  if (given.has("quick") && out === undefined)
    throw new InputError("--quick needs --out DIR, so that what shows nothing is in no page of docs.");
  if (out !== undefined) requireMakeable(out);
  return {
    ...{ kind: "run", name: first, experiment, out, data },
    ...{ quick: given.has("quick"), report: given.has("report") },
  };
}
