// Splits a command line into options. What isn't an option gets one line, with the nearest name as a hint.
// node:util's parseArgs does the splitting; which options there are is up to each command.
import { parseArgs } from "node:util";
import { InputError } from "../errors";

/** Turns an option's text into its value; `name` is for the complaint. */
export type Reader<T> = (text: string, name: string) => T;

/** What every command takes. */
export interface CommonOptions {
  /** A part of the name of the adapter to run on. */
  adapter?: string;
  help: boolean;
}

/** The line of a help text on --adapter. */
export const adapterHelp =
  "  --adapter NAME       the adapter with that in its name or its driver's; npm run doctor lists them";

/** The line of a help text on --best. */
export const bestHelp =
  "  --best               its best checkpoint, not its newest: of runs with --evaluate-every";

/**
 * Splits the arguments of a command that takes the options `names` and --adapter, each with a value, and `flags` and
 * --help without.
 * Throws InputError for what isn't one of them. We judge parseArgs's tokens ourselves: its own errors are long and give no hint.
 */
export function readOptions(command: string, args: string[], own: string[], flags: string[] = []) {
  const names = [...own, "adapter"];
  const bare = ["help", ...flags];
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: "string" as const }]),
    ...flags.map((name) => [name, { type: "boolean" as const }]),
  ]);
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options: { ...options, help: { type: "boolean", short: "h" } },
  });
  const texts = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new InputError(
        `unexpected "${token.value}": every value follows its option, ` +
          `as in npm run ${command} -- --${names[0]} VALUE (with the -- in between).`,
      );
    }
    const { name, rawName, value } = token;
    if (![...bare, ...names].includes(name)) {
      throw unknownOption(command, rawName, name, [...names, ...bare]);
    }
    if (texts.has(name)) throw new InputError(`${rawName} is given twice.`);
    if (bare.includes(name) && value !== undefined) throw new InputError(`${rawName} takes no value.`);
    if (!bare.includes(name) && (value === undefined || (!token.inlineValue && value.startsWith("--")))) {
      throw new InputError(`${rawName} needs a value. See npm run ${command} -- --help.`);
    }
    texts.set(name, value ?? "");
  }
  const adapter = texts.get("adapter");
  if (adapter === "") throw new InputError("--adapter is empty, expected a part of an adapter's name.");
  return {
    help: texts.has("help"),
    adapter,
    /** The names of all that is given. */
    names: [...texts.keys()],
    has: (flag: string): boolean => texts.has(flag),
    text: (name: string): string | undefined => texts.get(name),
    read<T>(name: string, reader: Reader<T>): T | undefined {
      const text = texts.get(name);
      return text === undefined ? undefined : reader(text, `--${name}`);
    },
  };
}

function unknownOption(command: string, rawName: string, name: string, names: string[]): InputError {
  const near = nearest(name, names);
  const hint = near === undefined ? `See npm run ${command} -- --help.` : `Did you mean --${near}?`;
  return new InputError(`unknown option ${rawName}. ${hint}`);
}

/** The name that someone may have meant, undefined where none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [first] = [...names].sort((a, b) => editDistance(name, a) - editDistance(name, b));
  return first !== undefined && editDistance(name, first) <= Math.max(2, first.length / 3)
    ? first
    : undefined;
}

/** Levenshtein's distance, with a swap of two neighbours counted as one edit. */
function editDistance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  table[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = table[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      table[i][j] = Math.min(change, table[i - 1][j] + 1, table[i][j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.length][b.length];
}

/** Reads a whole number in decimal digits alone: no sign, point, exponent or 0x. */
export function integer(least: number, most: number): Reader<number> {
  return (text, name) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InputError(`${name} "${text}": expected a whole number from ${least} to ${most}.`);
  };
}
