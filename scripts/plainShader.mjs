// A shader as the package carries it: its code, and the line that names the files in front of it.

/** WGSL without comments, and without the spaces that it can do without; a first line `// uses: …` stays. */
export function plainShader(text, renamed = (code) => code) {
  const [uses = ""] = text.match(/^\/\/ uses: .*\n/) ?? [];
  const code = text
    .slice(uses.length)
    .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}()[\],;:]|->) ?/g, "$1")
    .replace(/ @/g, "@")
    // Around operators only between names, numbers and brackets: elsewhere they could become half of a longer one.
    .replace(/([\w)\]]) ?([-+*/|&^%=!<>]?=|[-+*/%&|^<>]|&&|\|\||<<|>>) ?(?=[\w(])/g, "$1$2")
    .replace(/\b(\d+\.)0\b(?!\.)/g, "$1");
  return `${uses}${renamed(code.trim())}\n`;
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

const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const short = [...letters, ...letters.flatMap((a) => letters.map((b) => a + b))].filter(
  (name) => !["as", "do", "fn", "if", "of"].includes(name),
);
const found = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
/** Names that are no fields. */
const free = /(?<!\.)\b[a-zA-Z]\w*\b/g;

/**
 * Gives what makes names short in one of these shaders. What they declare for all (functions, structs and their fields,
 * bindings) has one map, since they use each other's; each function has a map of its own for its parameters and variables.
 * Entry points, override constants and the fields of uniforms keep their names: programs ask for them. So does what users'
 * kernels may call, and what WGSL has in another place: `step` is a function, too.
 */
export function shortNames(texts) {
  const all = texts.map((text) => plainShader(text)).join("");
  const structs = [...all.matchAll(/\bstruct (\w+)\{([^}]*)\}/g)];
  const bodiesOf = (names) => structs.filter(([, name]) => names.includes(name)).map(([, , body]) => body);
  const uniforms = found(all, /var<uniform>\w+:(\w+)/g);
  const inside = bodiesOf(uniforms).flatMap((body) => found(body, /(\w+)/g));
  const fieldsOf = (bodies) => bodies.flatMap((body) => found(body, /(\w+):/g));
  const made = found(all, /\b(?:fn|struct) (\w+)/g);
  const global = [...made, ...found(all, /\b(?:const |alias |var<[^>]*> ?)(\w+)/g)];
  const called = found(all, /\b(\w+)\(/g).filter((name) => !made.includes(name));
  const asked = [/@compute[^{]*?\bfn (\w+)\(/g, /\boverride (\w+)/g, /@builtin\((\w+)/g];
  const kept = new Set([...offered, ...spoken, ...called, ...asked.flatMap((each) => found(all, each))]);
  for (const field of fieldsOf(bodiesOf([...uniforms, ...inside]))) kept.add(field);
  const count = (name) => all.split(name).length;
  const frequent = (names) => {
    const long = [...new Set(names)].filter((name) => name.length > 2 && !kept.has(name));
    return long.sort((a, b) => count(b) - count(a)); // the most frequent gets the shortest
  };
  // A user's kernel declares names beside those of the files that it uses: what they declare for all has an underscore.
  const shared = new Map(frequent(global).map((name, i) => [name, `_${i.toString(36)}`]));
  const fields = likeThem(
    frequent(fieldsOf(structs.map(([, , body]) => body))),
    found(all, /\.(\w{1,2})\b/g),
  );
  const stays = new Set([...global, ...kept]);
  const fieldOf = (name) => fields.get(name) ?? name;
  return (code) =>
    eachFunction(code, (text) => shortVariables(text, stays))
      .replace(/\bstruct \w+\{[^}]*\}/g, (struct) => struct.replace(/\w+(?=:)/g, fieldOf))
      .replace(/(?<=[\w)\]]\.)[a-zA-Z]\w*/g, fieldOf)
      .replace(free, (name) => shared.get(name) ?? name);
}

/** One function with short names for its parameters and variables, but for those in `stays`. */
function shortVariables(text, stays) {
  const parameters = found(text.slice(0, text.indexOf("{")), /(\w+):/g);
  const own = new Set(
    [...parameters, ...found(text, /\b(?:let|var) (\w+)/g)].filter(
      (name) => name.length > 1 && !stays.has(name),
    ),
  );
  const others = new Set(text.match(free).filter((name) => !own.has(name)));
  const map = likeThem(own, others);
  return text.replace(free, (name) => map.get(name) ?? name);
}

/** A short name for each, a letter of its own where that is free: lines that were alike stay so, and are packed well. */
function likeThem(names, taken = []) {
  const map = new Map();
  const got = new Set(taken);
  for (const name of names) {
    const like = [...name, ...name.toUpperCase(), ...short].find(
      (each) => short.includes(each) && !got.has(each),
    );
    got.add(like);
    map.set(name, like);
  }
  return map;
}

/** The code with each function as `change` gives it. */
function eachFunction(code, change) {
  let text = "";
  let end = 0;
  for (const { index } of code.matchAll(/\bfn \w+\(/g)) {
    text += code.slice(end, index);
    end = code.indexOf("{", index) + 1;
    for (let depth = 1; depth > 0; end++) depth += { "{": 1, "}": -1 }[code[end]] ?? 0;
    text += change(code.slice(index, end));
  }
  return text + code.slice(end);
}
