// A shader as the package carries it: its code, and the line that names the files in front of it.

/** WGSL without comments, indents and empty lines; a first line `// uses: …` stays. */
export function plainShader(text) {
  const [uses = ""] = text.match(/^\/\/ uses: .*\n/) ?? [];
  const code = text
    .slice(uses.length)
    .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return `${uses}${code.join("\n")}\n`;
}
