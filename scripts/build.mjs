// Bundles every entry point into dist/ with esbuild: the commands, the library, and the tests.
// WGSL files are imported as text. All Node bundles share chunks, so there is one device a process.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const quiet = process.argv.includes("--quiet");
rmSync("dist", { recursive: true, force: true });

const under = (folder, ending) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((name) => name.endsWith(ending))
        .map((name) => `${folder}/${name}`)
    : [];

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  loader: { ".wgsl": "text" },
  sourcemap: true,
  logLevel: quiet ? "error" : "info",
};

const commands = ["train", "sample", "evaluate", "doctor", "profile", "tune", "ladder"]
  .map((name) => `src/node/${name}.ts`)
  .filter(existsSync);

await build({
  ...shared,
  // dist/ mirrors the tree, with src/ left out of the names: dist/node/train.js, dist/test/run.js.
  entryPoints: [...commands, ...under("test", ".ts")].map((path) => ({
    in: path,
    out: path.replace(/^src\/|\.ts$/g, ""),
  })),
  outdir: "dist",
  entryNames: "[dir]/[name]",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  platform: "node",
  external: ["webgpu", "esbuild"],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
