// Configurations as YAML files: a run's own config.yaml, and those that people write, which name a preset and what
// differs from it. A mistake gets one line with file, line, key and what was expected.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, stringify, visit } from "yaml";
import { InputError } from "../errors";
import { checkConfig, type RunConfig } from "../wgan/config";
import { readFileUnpacked, requireFolder } from "./files";
import { type Change, describe, isKeys } from "./settingNames";
import type { Chosen } from "./settings";

type Path = readonly (string | number)[];

/** A YAML file's value, and where in the file a key stands. */
interface Parsed {
  value: unknown;
  /** "my.yaml:3", of the key, or of what should hold it. */
  placeOf(path: Path): string;
}

/** Reads the file and takes it as YAML in its plain parts. Throws InputError with file and line. */
function readYaml(file: string): Parsed {
  const bytes = readFileUnpacked(file, 1_000_000);
  try {
    return parseYaml(new TextDecoder("utf-8", { fatal: true }).decode(bytes), (line) => `${file}:${line}`);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`${file}: no text in UTF-8.`);
  }
}

/** An option's text as a file would have it: a number, true, null, a word or [0, 1]. Throws InputError. */
export function parseValue(text: string, option: string): unknown {
  const { value } = parseYaml(text, () => `${option} "${text}"`);
  if (value !== null || text.trim() === "null") return value;
  throw new InputError(`${option} is empty, expected a value.`);
}

function parseYaml(text: string, place: (line: number) => string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => place(lines.linePos(offset).line);
  const [error] = document.errors;
  if (error) throw new InputError(`${at(error.pos[0])}: not YAML, ${plainly(error.message)}.`);

  // YAML reads .nan as a number and 012 as twelve: neither is what its writer meant.
  visit(document, {
    Pair(_, { key }) {
      if (!isCollection(key)) return;
      throw new InputError(`${at(key.range?.[0] ?? 0)}: a key that is a list or has keys itself.`);
    },
    Alias(_, { source, range }) {
      throw new InputError(`${at(range?.[0] ?? 0)}: write the value in place of the alias *${source}.`);
    },
    Scalar(_, { value, source, range }) {
      if (typeof value !== "number" || plainNumber.test(source ?? "")) return;
      throw new InputError(
        `${at(range?.[0] ?? 0)}: "${source}" is no plain number, expected one like 12 or 5e-5.`,
      );
    },
  });
  return { value: document.toJS(), placeOf: (path) => at(offsetOf(path)) };

  /** Where the key or the item at the path stands, or for a missing one, what should hold it. */
  function offsetOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (!isNode(node)) continue;
      const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
      const items = isMap(holder) ? holder.items : [];
      const key = items
        .map((item) => item.key)
        .find((key) => isScalar(key) && key.value === path[length - 1]);
      return (isScalar(key) ? key : node).range?.[0] ?? 0;
    }
    return document.contents?.range?.[0] ?? 0;
  }
}

/** The parser's complaint as one line for who does not program with it. */
const plainly = (message: string) =>
  /parseAllDocuments/.test(message)
    ? "more than one document in it"
    : message.split("\n")[0].replace(/[.:]$/, "");

const plainNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/;

/** Reads a run's config.yaml and checks it. Throws InputError with file and line. */
export function readConfig(run: string): RunConfig {
  const file = join(run, "config.yaml");
  if (!existsSync(file)) {
    if (existsSync(run)) requireFolder(run, "--run");
    throw new InputError(`${run}: no config.yaml there, expected the folder of a training run.`);
  }
  const { value, placeOf } = readYaml(file);
  const checked = checkConfig(value);
  if ("config" in checked) return checked.config;
  const { path } = checked.issue;
  throw new InputError(`${placeOf(path)}: ${path.join(".") || "config"}: ${describe(checked.issue)}.`);
}

/** What a file that a person wrote, or a run, changes of a preset. Throws InputError with file and line. */
export function readChanges(file: string): Change[] {
  const { value, placeOf } = readYaml(file);
  if (value === null) return [];
  if (!isKeys(value)) throw new InputError(`${file}:1: config: expected keys and values.`);
  const dotted = leaves(value).find(([path]) => path.some((key) => key.includes(".")));
  if (dotted) {
    const key = dotted[0].join(".");
    const parts = key.split(".");
    const nested = `${parts.join(": { ")}: …${" }".repeat(parts.length - 1)}`;
    throw new InputError(
      `${placeOf(dotted[0])}: ${key}: only an option has dots, expected ${nested} in a file.`,
    );
  }
  return leaves(value).map(([path, value]) => ({
    path,
    value,
    file,
    blame: (key, message) => new InputError(`${placeOf(key.split("."))}: ${key}: ${message}.`),
  }));
}

/** All values in it that are no keys and values themselves, with the keys that lead there. */
function leaves(value: Record<string, unknown>): [path: string[], value: unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isKeys(inner)
      ? leaves(inner).map(([path, leaf]): [string[], unknown] => [[key, ...path], leaf])
      : [[[key], inner] as [string[], unknown]],
  );
}

/** How a run's config.yaml begins. */
export const configHead = "# What this run was made with: options, presets and machine.\n";

/** The text of config.yaml. */
export const configText = (config: RunConfig): string => configHead + toYaml(config);

/**
 * A preset's settings as a file for --config. A seed stands there only where one was chosen, and so do classes where the
 * preset's digits may not be meant: the data are not looked at here.
 */
export function settingsText({ preset, settings, changes }: Chosen): string {
  const { seed, data, ...others } = settings;
  const isChosen = (key: string) => changes.some(({ path }) => path.join(".") === key);
  const { classes, ...named } = data;
  const isOpen = (isChosen("data.path") || settings.conditional) && !isChosen("data.classes");
  const head =
    "# Settings of npm run train. Change what you like, and give the file as --config.\n" +
    (isChosen("seed")
      ? ""
      : "# A seed is drawn for each run, unless a line such as this sets one: seed: 1\n");
  return head + toYaml({ preset, data: isOpen ? named : data, ...others, ...(isChosen("seed") && { seed }) });
}

const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
