// A shader as the package carries it: its code, and the line that names the files in front of it.

/** WGSL without comments, and without the spaces that it can do without; a first line `// uses: …` stays. */
export function plainShader(text, names = new Map()) {
  const [uses = ""] = text.match(/^\/\/ uses: .*\n/) ?? [];
  const code = text
    .slice(uses.length)
    .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}()[\],;:]|->) ?/g, "$1")
    .replace(/ @/g, "@")
    // Around operators only between names, numbers and brackets: elsewhere they could become half of a longer one.
    .replace(/([\w)\]]) ?([-+*/|&^%=!<>]?=|[-+*/%&|^<>]|&&|\|\||<<|>>) ?(?=[\w(])/g, "$1$2")
    .replace(/\b(\d+\.)0\b(?!\.)/g, "$1")
    .replace(/\b[a-zA-Z]\w*\b/g, (name) => names.get(name) ?? name);
  return `${uses}${code.trim()}\n`;
}

/** What kernels of users' own may call, with its file in front by `// uses:`; docs/ways-in.md says what each does. */
const offered = [
  ...["WG", "flat", "threefry"],
  ...["is_nan", "is_finite", "is_negative", "is_positive", "nan_of", "keep_nan", "larger", "smaller", "held"],
  ...["exp_of", "log_of", "log1p_of", "pow_of", "sqrt_of", "rsqrt_of", "sin_of"],
  ...["tanh_of", "sigmoid_of", "silu_of", "gelu_of"],
];

/**
 * Short names for what these shaders declare, one map for all, since they use each other's. Entry points, override
 * constants and the fields of structs keep theirs: programs ask for them by name. So do what users' kernels may call, and
 * a variable that is called like a function of WGSL or a part of a vector. The most frequent gets the shortest.
 */
export function shortNames(texts) {
  const all = texts.map((text) => plainShader(text)).join("");
  const found = (pattern, text = all) => [...text.matchAll(pattern)].map((match) => match.at(-1));
  const parameters = found(/\bfn \w+\((.*?)\)(?:->|\{)/g).flatMap((list) => found(/(\w+):/g, list));
  const declared = found(/\b(?:fn|struct|const) (\w{3,})/g);
  const variables = [...found(/\b(?:let |var(?:<[^>]*>)? ?)(\w{3,})/g), ...parameters];
  const fields = found(/\bstruct \w+\{(.*?)\}/g).flatMap((body) => found(/(\w+):/g, body));
  const kept = new Set([
    ...[...fields, ...offered, ...found(/\boverride (\w+)/g), ...found(/@compute[^{]*?\bfn (\w+)\(/g)],
    ...[...found(/\b(\w+)[(<]/g), ...found(/\.(\w+)/g)].filter((name) => !declared.includes(name)),
  ]);
  const count = new Map();
  for (const name of found(/\b([a-zA-Z]\w*)\b/g)) count.set(name, (count.get(name) ?? 0) + 1);
  const free = [...new Set([...declared, ...variables])].filter((name) => name.length > 2 && !kept.has(name));
  free.sort((a, b) => count.get(b) - count.get(a));
  return new Map(free.map((name, i) => [name, `_${i.toString(36)}`]));
}
