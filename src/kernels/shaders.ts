// The shader table: name to WGSL text. A file whose first line says `// uses: a, b` is compiled
// with those files in front of it; nothing else is ever done to the text. One file has another to stand in for it.
import * as files from "./wgsl";

export type ShaderName = keyof typeof files;

const table: Record<string, string> = { ...files };

/** Adds the shaders of a room that not every program needs. */
export const addShaders = (more: Record<string, string>): void => void Object.assign(table, more);

/** All names, for the check that compiles every shader. */
export const shaderNames = (): string[] => Object.keys(table);

/** The text of a shader with the files that it names in front; `sized` where subgroups must be asked for their size. */
export function shaderSource(name: string, sized = false): string {
  const text = table[sized && name === "subgroup_entries" ? "subgroup_entries_sized" : name];
  const used = text.match(/^\/\/ uses: (.*)/)?.[1].split(/,\s*/) ?? [];
  return [...used.map((other) => shaderSource(other, sized)), text].join("\n");
}
