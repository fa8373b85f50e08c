// Words of messages: how values and lists are shown, and which known word is nearest to an unknown one.
import { Tensor } from "../autograd";

/** a, b or c */
export const listed = (words: readonly string[], last = "or"): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;

const MOST_SHOWN = 40;

/** A value as a message shows it: short, on one line, and to some depth, since a list may hold itself. */
export function shown(value: unknown, depth = 0): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "function") return cut(value.name ? `the function ${value.name}` : "a function");
  if (typeof value !== "object" || value === null || value instanceof Tensor) return oneLine(String(value));
  if (!Array.isArray(value) && !isPlain(value)) {
    const name = String(value.constructor?.name || "object");
    return cut(`${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`);
  }
  if (depth === 4) return "…";
  const inner = (own: unknown) => shown(own, depth + 1);
  if (Array.isArray(value)) return cut(`[${Array.from(value.slice(0, MOST_SHOWN), inner)}]`);
  return cut(`{${Object.entries(value).map(([key, own]) => ` ${key}: ${inner(own)}`)} }`);
}

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
const cut = (text: string): string =>
  text.length <= MOST_SHOWN ? oneLine(text) : `${oneLine(text.slice(0, MOST_SHOWN))}…`;

/** How other libraries, or mathematicians, call it. */
const synonyms = new Map<string, readonly string[]>(
  Object.entries({
    alpha: ["slope", "decay"],
    axis: ["axes"],
    axes: ["axis"],
    begin: ["starts"],
    betas: ["beta1"],
    constant: ["value"],
    dim: ["axis", "axes"],
    dims: ["axes"],
    exponent: ["p"],
    kernelsize: ["kernel"],
    learningrate: ["learningRate"],
    lr: ["learningRate"],
    max: ["high"],
    min: ["low"],
    negativeslope: ["slope"],
    numclasses: ["classes"],
    p: ["rate"],
    poolsize: ["kernel"],
    probability: ["rate"],
    scale: ["factor"],
    scalefactor: ["factor"],
    size: ["kernel", "sizes", "factor"],
  }),
);

/** The one of the known words that was meant, if any is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const own = plain(word);
  const synonym = synonyms.get(own)?.find((each) => known.includes(each));
  const scored = known.map((each) => {
    const other = plain(each);
    const part = (other.startsWith(own) && own.length > 1) || (own.includes(other) && other.length > 3);
    return { each, score: part ? 0.5 : distance(own, other) };
  });
  const [best] = scored.sort((a, b) => a.score - b.score);
  if (best && best.score <= (synonym ? 0 : Math.max(own.length > 3 ? 2 : 1, Math.floor(own.length / 3))))
    return best.each;
  return synonym;
}

/** Letters to change, add or take away until one word is the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/** Objects as they are written in braces, and not tensors, lists or promises. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Objects of a frame or a worker have an Object of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
