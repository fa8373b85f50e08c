// What is relative to the caller's folder, in full: the runs of a sweep are started in the folder of the sweep.
import { resolve } from "node:path";
import { parseValue } from "../configFile";
import { dataNames, requireNoSlip } from "../dataPath";
import type { Change } from "../settingNames";
import type { Axis } from "./grid";

/** Where data are, in full; the names of data that the program makes are no paths. */
const dataInFull = (what: string): string => (what === "" || dataNames.includes(what) ? what : resolve(what));

/** The text of train's option `name`. Throws InputError where it is nearly a name of data. */
export function textInFull(name: string, text: string): string {
  if (name === "config") return resolve(text);
  if (name !== "data" && name !== "data.path") return text;
  // The long name takes a value as a file has it: null, or a text that may stand in quotes.
  const what = name === "data" ? text : parseValue(text, `--${name}`);
  if (typeof what !== "string") return text;
  requireNoSlip(what, `--${name}`);
  const path = dataInFull(what);
  if (path === what) return text;
  return name === "data" || /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
}

/** An axis whose values are paths, with them in full. Throws InputError as textInFull does. */
export const axisInFull = ({ name, values }: Axis): Axis => ({
  name,
  values: values.map((value) => textInFull(name, value)),
});

/** Words of train's command line with files and folders in full. Throws InputError as textInFull does. */
export const wordsInFull = (words: readonly string[]): string[] =>
  words.map((word, i) => {
    const [, name, text] = word.match(/^--([^=]+)=(.*)$/s) ?? [];
    if (name !== undefined) return `--${name}=${textInFull(name, text)}`;
    const before = words[i - 1];
    return before?.startsWith("--") ? textInFull(before.slice(2), word) : word;
  });

/** The option that train needs for what a file says of where the data are; none where the file need not be helped. Throws InputError as textInFull does. */
export function optionForFile(changes: readonly Change[]): string[] {
  const what = changes.findLast(({ path }) => path.join(".") === "data.path")?.value;
  if (typeof what !== "string" || dataInFull(what) === what) return [];
  requireNoSlip(what, "data.path");
  return ["--data", resolve(what)];
}

/** The environment of runs in another folder: MONGE_DATA may be relative, too. */
export const environmentInFull = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  env.MONGE_DATA === undefined ? env : { ...env, MONGE_DATA: dataInFull(env.MONGE_DATA) };

/** Lines of a shell's script that do the same, with the folder of its caller as the shell names it. */
export const shellInFull = (folder: string): string => `case \${MONGE_DATA-} in
  '' | /* | ${dataNames.join(" | ")}) ;;
  *) export MONGE_DATA="${folder}/$MONGE_DATA" ;;
esac`;
