// Words of messages: how lists are shown, and which known word is nearest to an unknown one.

/** a, b or c */
export const listed = (words: readonly string[], last = "or"): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;

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
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
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
