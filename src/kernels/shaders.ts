// The shader table: name to WGSL text. A file whose first line says `// uses: a, b` is compiled
// with those files in front of it; nothing else is ever done to the text. One file has another to stand in for it.
import { InputError } from "../errors";
import { files } from "./wgsl";

export type ShaderName = keyof typeof files;

const table: Record<string, string> = Object.assign(Object.create(null), files);

/** Adds the shaders of a room that not every program needs. */
export const addShaders = (more: Record<string, string>): void => void Object.assign(table, more);

/** All names, for the check that compiles every shader. */
export const shaderNames = (): string[] => Object.keys(table);

/** The text of a shader with the files that it names in front, each once; `sized`: subgroups are asked for their size. */
export function shaderSource(name: string, sized = false): string {
  const text = (file: string) => {
    const found = table[sized && file === "subgroup_entries" ? "subgroup_entries_sized" : file];
    if (found === undefined) throw new InputError(`no shader is called "${file}"; addShaders adds one`);
    return found;
  };
  const seen = new Set<string>();
  const withUsed = (file: string): string[] => {
    if (seen.size === seen.add(file).size) return [];
    const used =
      text(file)
        .match(/^\/\/ uses: (.*)/)?.[1]
        .split(/,\s*/) ?? [];
    return [...used.flatMap(withUsed), file];
  };
  return withUsed(name).map(text).join("\n");
}
