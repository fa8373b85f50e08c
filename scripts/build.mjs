// Bundles every entry point into dist/<hash> with esbuild: the commands, the library, and the tests.
// WGSL files are imported as text. All Node bundles share chunks, so there is one device a process.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { buildOnce, filesUnder } from "./buildOnce.mjs";
import { root } from "./shell.mjs";

/** The bench's own files, which it and its tests are made of, without its packages and results. */
const bench = (existsSync(join(root, "bench")) ? readdirSync(join(root, "bench")) : [])
  .filter((name) => name !== "node_modules" && name !== "results")
  .map((name) => `bench/${name}`);

/** What the commands and the tests are made of, esbuild and the packages by the versions installed. */
export const sources = [
  ...bench,
  ...["src", "shaders", "test", "scripts", "package.json", "package-lock.json", "tsconfig.json"],
  "node_modules/.package-lock.json",
].map((path) => join(root, path));

const tools = ["doctor", "profile", "tune", "ladder", "gpu-day", "walk", "experiment"];
const names = ["train", "sample", "evaluate", "export", "import", "classifier", "sweep", ...tools];

/** The folder with the bundles of the sources as they are now, built where that has not been done. It mirrors the
 * tree, with src/ left out of the names: node/train.js, test/run.js. Throws an Error of one line. */
export function build() {
  const commands = names.map((name) => join(root, `src/node/${name}.ts`)).filter(existsSync);
  const tests = filesUnder([join(root, "test")]).filter((path) => path.endsWith(".ts"));
  return buildOnce(join(root, "dist"), sources, async (outdir) => {
    const { read } = await bundle({
      entryPoints: [...commands, ...tests].map((path) => ({
        in: path,
        out: relative(root, path).replace(/^src[\\/]|\.ts$/g, ""),
      })),
      outdir,
      entryNames: "[dir]/[name]",
      chunkNames: "chunks/[name]-[hash]",
      splitting: true,
      sourcemap: true,
      external: [
        "webgpu",
        "esbuild",
        "@resvg/resvg-js",
        "undici",
        "sharp",
        "h5wasm",
        "onnxruntime-web",
        "@tensorflow/*",
      ],
    });
    return read;
  });
}

/**
 * esbuild with what all our bundles for Node share; gives the files that it `read`, but for the packages', and wrote.
 * Throws an Error of one line with the first of its complaints.
 */
export async function bundle(options) {
  const esbuild = await import("esbuild").catch(() => {
    throw new Error("the npm package esbuild isn't installed. Run `npm run setup`.");
  });
  try {
    const { metafile, outputFiles } = await esbuild.build({
      metafile: true,
      absWorkingDir: root,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "es2022",
      loader: { ".wgsl": "text", ".py": "text" },
      logLevel: "silent",
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      ...options,
    });
    const own = Object.keys(metafile.inputs).filter((path) => !/^[<(]|node_modules\//.test(path)); // nor made up
    // A file that is both run and read as text is listed as "NAME with { type: 'text' }" as well.
    const read = own.map((path) => join(root, path.replace(/ with \{.*\}$/, "")));
    return { read, outputFiles };
  } catch (error) {
    const [first, ...more] = error.errors ?? [];
    if (!first) throw error;
    const { file, line, column } = first.location ?? {};
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    throw new Error(`${file ? `${file}:${line}:${column + 1}: ` : ""}${first.text}${others}`);
  } finally {
    await esbuild.stop(); // its process would stay beside ours
  }
}
