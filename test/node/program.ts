// A small program of our modules as a file, for tests that start, signal or kill it as a process of its own.
import { join } from "node:path";
import { build } from "esbuild";
import { temporaryFolder } from "./temporary";

/** Bundles a program that imports from "./src/…" and gives its file. */
export async function program(contents: string): Promise<string> {
  const outfile = join(temporaryFolder(), "program.mjs");
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    ...{ bundle: true, format: "esm", platform: "node", target: "es2022", outfile, logLevel: "error" },
    loader: { ".wgsl": "text" },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
