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

/** Words that mean something where they stand in a type, an attribute or a switch; a variable may have such a name. */
const spoken = [
  "storage",
  "uniform",
  "workgroup",
  "private",
  "function",
  "read",
  "write",
  "read_write",
  "default",
];

/**
 * Short names for what these shaders declare, one map for all, since they use each other's. Entry points, override
 * constants and the fields of uniforms keep theirs: programs ask for them by name. So does what users' kernels may call,
 * and what WGSL has in another place: `step` is a function, too.
 */
export function shortNames(texts) {
  const all = texts.map((text) => plainShader(text)).join("");
  const found = (pattern, text = all) => [...text.matchAll(pattern)].map(([, name]) => name);
  const structs = [...all.matchAll(/\bstruct (\w+)\{([^}]*)\}/g)];
  const bodiesOf = (names) => structs.filter(([, name]) => names.includes(name)).map(([, , body]) => body);
  const uniforms = found(/var<uniform>\w+:(\w+)/g);
  const inside = bodiesOf(uniforms).flatMap((body) => found(/(\w+)/g, body));
  const fields = bodiesOf([...uniforms, ...inside]).flatMap((body) => found(/(\w+):/g, body));
  const made = found(/\b(?:fn|struct) (\w+)/g);
  const variables = found(/\b(?:let |var )(\w+)/g);
  const global = [...made, ...found(/\b(?:const |alias |var<[^>]*> ?)(\w+)/g)];
  const called = found(/\b(\w+)\(/g).filter((name) => !made.includes(name));
  const asked = [/@compute[^{]*?\bfn (\w+)\(/g, /\boverride (\w+)/g, /@builtin\((\w+)/g];
  const kept = new Set([
    ...offered,
    ...spoken,
    ...fields,
    ...called,
    ...asked.flatMap((each) => found(each)),
  ]);
  const declared = new Set([...global, ...variables, ...found(/\b(\w+):/g)]); // those with a type are fields and parameters
  const free = [...declared].filter((name) => name.length > 2 && !kept.has(name));
  const count = (name) => all.split(name).length;
  free.sort((a, b) => count(b) - count(a)); // the most frequent gets the shortest
  // A user's kernel declares names beside those of the files that it uses: what they declare for all has an underscore.
  const taken = new Set([...found(/\b(\w{1,2})\b/g), "as", "do", "fn", "if", "of"]);
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const short = [...letters, ...letters.flatMap((a) => letters.map((b) => a + b))];
  const local = short.filter((name) => !taken.has(name));
  let globals = 0;
  const shortOf = (name) => (global.includes(name) ? `_${(globals++).toString(36)}` : local.shift());
  return new Map(free.map((name) => [name, shortOf(name)]));
}
