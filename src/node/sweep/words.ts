// Command lines as text: words in the quotes of a POSIX shell, and back.
import { InputError } from "../../errors";

/** A word as a shell reads it back, in quotes only where it needs them. */
export const quoted = (word: string): string =>
  /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The words of a line with quotes and backslashes; nothing is expanded. `place` names the line. Throws InputError. */
export function wordsOf(line: string, place: string): string[] {
  const part = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)|(\s+)/y;
  const words: string[] = [];
  let word: string | undefined;
  while (part.lastIndex < line.length) {
    const at = part.lastIndex;
    const found = part.exec(line);
    if (!found) throw new InputError(`${place}: a quote without its end, at column ${at + 1}.`);
    const [, single, double, escaped, plain, space] = found;
    if (space === undefined) {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** A train command's options and their texts; "true" for those that have no value. */
export function optionsIn(words: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const [i, word] of words.entries()) {
    const [, name, inline] = word.match(/^--([^=]+)(?:=(.*))?$/s) ?? [];
    if (name === undefined) continue;
    const next = words[i + 1];
    options.set(name, inline ?? (next === undefined || next.startsWith("--") ? "true" : next));
  }
  return options;
}
