// What the trainings of an experiment measured, in a file beside its page. So a page tells of trainings that another machine
// did, and whoever wants to plot its figures anew finds them there.
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../errors";
import { readText, writeFileAtomic } from "../files";
import type { Done, Training } from "./experiment";

/** A line a training, in JSON; numbers of a look have nine digits. */
export function writeKept(file: string, done: readonly Done[]): void {
  const lines = done.map(({ name, options, data, looks }) => {
    const flat = looks.map(({ step, figures }) => ({ step, ...figures }));
    return `${JSON.stringify({ name, options, data, looks: flat })}\n`;
  });
  writeFileAtomic(file, lines.join(""));
}

/** Those of the file that are still asked for: one whose options have changed since is another, and `log` hears of it. Throws InputError. */
export function readKept(file: string, trainings: readonly Training[], log: (line: string) => void): Done[] {
  const lines = readText(file)?.split("\n") ?? [];
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const { name, options, data, looks } = parsed(line, `${file}:${i + 1}`);
    const asked = trainings.find((training) => training.name === name);
    if (!asked || !isDeepStrictEqual(asked.options, options)) {
      log(`${file}:${i + 1}: ${name} with these options is no training of now, and leaves the file`);
      return [];
    }
    return [
      {
        ...{ name, options: asked.options, data },
        looks: looks.map(({ step, ...figures }) => ({ step, figures })),
      },
    ];
  });
}

/** Throws InputError where two that are beside each other learnt from different data, which their command lines do not show. */
export function requireOneData(done: readonly Done[], file: string): void {
  const first = new Map<unknown, Done>();
  for (const each of done) {
    const of = first.get(each.options.data) ?? each;
    first.set(each.options.data, of);
    if (each.data !== of.data)
      throw new InputError(
        `${file}: ${of.name} learnt from other data than ${each.name} (sha256 ${of.data.slice(0, 8)} and ` +
          `${each.data.slice(0, 8)}). Remove the line of one, or its folder.`,
      );
  }
}

interface Line {
  name: string;
  options: unknown;
  data: string;
  looks: { step: number; [figure: string]: number }[];
}

function parsed(line: string, place: string): Line {
  try {
    const read = JSON.parse(line);
    const isLook = (look: unknown) =>
      look !== null && typeof look === "object" && Object.values(look).every(Number.isFinite);
    if (read.looks.length > 0 && read.looks.every(isLook) && typeof read.data === "string") return read;
  } catch {
    // As one that is JSON, and no training.
  }
  throw new InputError(
    `${place}: expected a training's name, options, data and looks as JSON. Remove the line.`,
  );
}
