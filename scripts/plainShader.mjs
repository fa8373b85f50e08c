// A shader as the package carries it: its code, and the line that names the files in front of it.

/** WGSL without comments, and without the spaces that it can do without; a first line `// uses: …` stays. */
export function plainShader(text) {
  const [uses = ""] = text.match(/^\/\/ uses: .*\n/) ?? [];
  const code = text
    .slice(uses.length)
    .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}()[\],;]) ?/g, "$1")
    .replace(/([\w)\]]) ([-+*|&=]?=|[*+]) /g, "$1$2"); // not around what could be half of a longer token
  return `${uses}${code.trim()}\n`;
}
