// What the trainings of an experiment measured, in a file beside its page. So a page tells of trainings that another machine
// did, and whoever wants to plot its figures anew finds them there.
import { existsSync, readFileSync } from "node:fs";
import { InputError } from "../../errors";
import { writeFileAtomic } from "../files";
import type { Done, Training } from "./experiment";

/** A line a training, in JSON; numbers of a look have nine digits. */
export function writeKept(file: string, done: readonly Done[]): void {
  const lines = done.map(({ name, options, looks }) => {
    const flat = looks.map(({ step, figures }) => ({ step, ...figures }));
    return `${JSON.stringify({ name, options, looks: flat })}\n`;
  });
  writeFileAtomic(file, lines.join(""));
}

/** Those of the file that are still asked for: one whose options have changed since is another. Throws InputError. */
export function readKept(file: string, trainings: readonly Training[]): Done[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const { name, options, looks } = parsed(line, `${file}:${i + 1}`);
    const asked = trainings.find((training) => training.name === name);
    if (!asked || JSON.stringify(asked.options) !== JSON.stringify(options)) return [];
    return [
      {
        ...{ name, options: asked.options },
        looks: looks.map(({ step, ...figures }) => ({ step, figures })),
      },
    ];
  });
}

interface Line {
  name: string;
  options: unknown;
  looks: { step: number; [figure: string]: number }[];
}

function parsed(line: string, place: string): Line {
  try {
    const read = JSON.parse(line);
    if (Array.isArray(read.looks) && read.looks.length > 0) return read;
  } catch {
    // As one that is JSON, and no training.
  }
  throw new InputError(`${place}: expected a training's name, options and looks as JSON. Remove the line.`);
}
