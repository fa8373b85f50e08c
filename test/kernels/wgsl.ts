// Reads WGSL as text, and tells the project's own shaders from those that tests make.
import { shaderNames } from "../../src/kernels/shaders";

/** The names in the table, but for what tests have added: theirs begin with "made/". */
export const ownShaders = (): string[] => shaderNames().filter((name) => !name.startsWith("made/"));

export const withoutComments = (wgsl: string): string => wgsl.replace(/\/\/.*/g, "");

/** Names of the functions that have @compute among their attributes. */
export function entryPoints(wgsl: string): string[] {
  return [...withoutComments(wgsl).matchAll(/@compute\b[^{;]*?\bfn\s+(\w+)/g)].map((match) => match[1]);
}

/** Sizes of the arrays that workgroup variables, and types with names, hold, as they are written. */
export function arraySizes(wgsl: string): string[] {
  const types = withoutComments(wgsl).matchAll(
    /\b(?:var\s*<\s*workgroup\s*>\s*\w+\s*:|alias\s+\w+\s*=)([^;]*)/g,
  );
  return [...types].flatMap(([, type]) =>
    [...type.matchAll(/,([^<>,]+),?\s*(?=>)/g)].map(([, size]) => size.trim()),
  );
}
