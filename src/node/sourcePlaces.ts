// Where the running code is in the sources: takes the stack, and translates it by the source maps beside esbuild's
// bundles. And where a kernel's entry point is in the shaders.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A line of the project's files. */
export interface Place {
  /** From the project's root, with slashes. */
  path: string;
  line: number;
}

const maps = new Map<string, SourceMap>();

function mapOf(bundle: string): SourceMap {
  const known = maps.get(bundle);
  if (known) return known;
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")));
  maps.set(bundle, map);
  return map;
}

/** The call sites of this moment, the innermost first. */
function callSites(): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 100;
    Error.prepareStackTrace = (_, sites) => sites;
    return new Error().stack as unknown as NodeJS.CallSite[];
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

/** The places under `root` that lead here, the innermost first. Code without a map beside it is left out. */
export function placesNow(root: string): Place[] {
  return callSites().flatMap((site) => {
    const url = site.getFileName();
    if (!url?.startsWith("file:")) return [];
    const bundle = fileURLToPath(url);
    // Both count from 0 here; a call site counts from 1.
    const entry = mapOf(bundle).findEntry((site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
    if (!("originalSource" in entry)) return [];
    const path = relative(root, resolve(dirname(bundle), entry.originalSource)).replaceAll(sep, "/");
    return path.startsWith("..") ? [] : [{ path, line: entry.originalLine + 1 }];
  });
}

/** Where `shader:entry` begins, in the shader's own file or in one of those that its first line names. */
export function shaderPlace(root: string, kernel: string): Place | undefined {
  const [shader, entry] = kernel.split(":");
  for (const folder of ["shaders", "shaders/ladder"]) {
    const path = `${folder}/${shader}.wgsl`;
    const lines = read(join(root, path))?.split("\n");
    if (!lines) continue;
    const at = lines.findIndex((line) => line.includes(`fn ${entry}(`));
    if (at >= 0) return { path, line: at + 1 };
    for (const used of lines[0].match(/^\/\/ uses: (.*)/)?.[1].split(/,\s*/) ?? []) {
      const found = shaderPlace(root, `${used}:${entry}`);
      if (found) return found;
    }
  }
  return undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
