// The house: imports run one way, only src/node knows Node, autograd names no GPU type, all but src/node bundles
// for a browser, and no file grows past 300 lines.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { build, type Plugin } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";

interface Source {
  path: string;
  text: string;
}

/** The rooms from left to right: a file imports from its own and from those to the left of it. src/web is an end. */
const rooms = [
  "shaders",
  "src/errors",
  "src/gpu",
  "src/kernels",
  "src/ladder",
  "src/tuning",
  "src/autograd",
  "src/nn",
  "src/face",
  "src/formats",
  "src/measures",
  "src/wgan",
  "src/exports",
  "src/web",
  "src/node",
  "src/package",
];
const nodeOnly = ["webgpu", "pngjs", "yaml", "undici", "sharp", "@resvg", "h5wasm", ...builtinModules];

const under = (folder: string): Source[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs|wgsl)$/.test(name))
    .map((name) => `${folder}/${name}`)
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const sources = [...under("src"), ...under("shaders")];
const roomOf = (path: string) =>
  rooms.findIndex((room) => path.startsWith(`${room}/`) || path.replace(/\.ts$/, "") === room);
const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*/g, "$1");

/** What a file imports, types included: relative paths from the root, packages by name. */
function importsOf({ path, text }: Source): string[] {
  const found = withoutComments(text).matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
  return [...found].map(([, name]) =>
    name.startsWith(".") ? posix.join(posix.dirname(path), name) : name.replace(/^node:/, ""),
  );
}

/** The files that a file imports values from: types are gone when it runs. */
function valueImportsOf({ path, text }: Source, known: ReadonlySet<string>): string[] {
  const statements = withoutComments(text).matchAll(
    /\b(?:import|export)\b(?!\s+type\b)\s*([^"';]*?)\s*(?:\bfrom\s*)?["'](\.[^"']+)["']/g,
  );
  return [...statements].flatMap(([, names, from]) => {
    const inBraces = names.match(/\{([^}]*)\}/)?.[1];
    const onlyTypes = inBraces?.split(",").every((name) => !name.trim() || /^\s*type\s/.test(name));
    if (onlyTypes && !/^\w+\s*,/.test(names)) return [];
    const target = posix.join(posix.dirname(path), from);
    return [`${target}.ts`, `${target}/index.ts`].filter((name) => known.has(name));
  });
}

/** The cycles of value imports, each from the file that comes first in the alphabet. */
function cycles(files: Source[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, valueImportsOf(file, known)]));
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const cycle = trail.slice(at);
      const first = cycle.indexOf([...cycle].sort()[0]);
      found.add([...cycle.slice(first), ...cycle.slice(0, first)].join(" → "));
    } else if (!done.has(path)) {
      for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of [...known].sort()) visit(path, []);
  return [...found];
}

/** One line for each import that runs back or brings Node where it must not be. */
function wrongImports(files: Source[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const inNode = rooms[room] === "src/node";
    return importsOf(file)
      .filter((name) => {
        if (nodeOnly.includes(name.split("/")[0])) return !inNode;
        if (inNode && name.startsWith("src/web/")) return true;
        return /^(src|shaders)\//.test(name) && roomOf(name) > room;
      })
      .map((name) => `${file.path} imports ${name}`);
  });
}

/** One line for each place where autograd names what only kernels may. */
function gpuNames(files: Source[]): string[] {
  return files
    .filter(({ path }) => path.startsWith("src/autograd/"))
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(/\bGPU[A-Z]\w*|\bnavigator\s*\.\s*gpu\b/g)].map(
        ([name]) => `${path} names ${name}`,
      ),
    );
}

test("every file of src/ is in a room", () => {
  const homeless = sources.filter(({ path }) => roomOf(path) < 0 && path !== "src/wgsl.d.ts");
  assert.equal(homeless, []);
});

test("imports run one way, and only src/node imports what Node alone has", () => {
  assert.equal(wrongImports(sources), []);
});

test("the check of imports finds what runs back, however it is written", () => {
  const made: Source[] = [
    { path: "src/kernels/pool.ts", text: 'import type { Tensor } from "../autograd/tensor";' },
    { path: "src/kernels/open.ts", text: 'import "./gpu";\nimport text from "../../shaders/fill.wgsl";' },
    { path: "src/autograd/op.ts", text: 'export * from "../nn/layers";\n// import "../wgan/trainer";' },
    { path: "src/nn/layers.ts", text: 'import {\n  tanh,\n} from "../autograd/index";' },
    { path: "src/nn/state.ts", text: 'const fs = await import("node:fs/promises");' },
    { path: "src/wgan/config.ts", text: "import { parse } from 'yaml';\nimport * as v from 'valibot';" },
    { path: "src/wgan/trainer.ts", text: 'import { openDevice } from "../node/device";\nimport "fs";' },
    { path: "src/node/train.ts", text: 'import { create } from "webgpu";\nimport "../wgan/trainer";' },
    { path: "src/wgan/models.ts", text: 'import { encode } from "../exports/formats";' },
    { path: "src/web/page.ts", text: 'import "../wgan/trainer";\nimport "../node/device";' },
    { path: "src/node/page.ts", text: 'import "../web/page";' },
  ];
  assert.equal(wrongImports(made), [
    "src/kernels/pool.ts imports src/autograd/tensor",
    "src/autograd/op.ts imports src/nn/layers",
    "src/nn/state.ts imports fs/promises",
    "src/wgan/config.ts imports yaml",
    "src/wgan/trainer.ts imports src/node/device",
    "src/wgan/trainer.ts imports fs",
    "src/wgan/models.ts imports src/exports/formats",
    "src/web/page.ts imports src/node/device",
    "src/node/page.ts imports src/web/page",
  ]);
});

test("measures are numbers alone: they know no tensor, and of the engine only its random numbers", () => {
  const used = under("src/measures").flatMap(importsOf);
  const others = used.filter((name) => !/^(src\/measures\/|src\/kernels\/threefry$|ml-matrix$)/.test(name));
  assert.ok(used.length > 5);
  assert.equal(others, []);
});

test("no file imports values in a cycle", () => {
  assert.equal(cycles(sources), []);
});

test("the check of cycles finds them, and lets types pass", () => {
  const made: Source[] = [
    { path: "src/a.ts", text: 'import { b } from "./b";\nimport { type D } from "./d";' },
    { path: "src/b.ts", text: 'import {\n  type X,\n  c,\n} from "./c";' },
    { path: "src/c.ts", text: 'export * from "./a";\nimport type { D } from "./d";' },
    { path: "src/d.ts", text: 'import { c } from "./c";\nimport "./e";' },
    { path: "src/e.ts", text: 'import d, { type Y } from "./d";' },
  ];
  assert.equal(cycles(made), ["src/a.ts → src/b.ts → src/c.ts", "src/d.ts → src/e.ts"]);
});

/** Lines that a weekend's reading holds. */
const budgets: [folders: string[], lines: number][] = [
  [["src/gpu", "src/kernels", "src/autograd", "src/nn"], 7000],
  [["shaders"], 2800],
  [["src/face"], 1200],
];

test("the engine is small enough to read in a weekend", () => {
  for (const [folders, most] of budgets) {
    const own = sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));
    const lines = own.reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
    assert.ok(lines < most, `${folders.join(", ")}: ${lines} lines, ${most} at most`);
  }
});

test("the kernel ladder is in no bundle that does not ask for it", async () => {
  const { metafile } = await build({
    entryPoints: ["src/wgan/trainer.ts", "src/nn/index.ts", "src/kernels/open.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    loader: { ".wgsl": "text" },
    outdir: "nowhere",
    write: false,
    metafile: true,
  });
  assert.equal(
    Object.keys(metafile.inputs).filter((path) => /\/ladder\//.test(path)),
    [],
  );
});

test("the tests that browsers run, too, import nothing of Node: test/platform.ts has it for them", () => {
  const ours = under("test").filter(({ path }) =>
    /^test\/((gpu|kernels|autograd|nn|face|formats|wgan|reference|elsewhere)\/|(device|garbage|complaint)\.ts)/.test(
      path,
    ),
  );
  assert.ok(ours.length > 60);
  const wrong = ours.flatMap((file) =>
    importsOf(file)
      .filter((name) => [...nodeOnly, "esbuild"].includes(name.split("/")[0]) || name.startsWith("src/node/"))
      .map((name) => `${file.path} imports ${name}`),
  );
  assert.equal(wrong, []);
});

test("autograd never names a GPU type", () => {
  assert.equal(gpuNames(sources), []);
});

test("the check of names finds a GPU type in code, not in a comment", () => {
  const path = "src/autograd/tensor.ts";
  const text = "/** A GPUBuffer. */\nlet b: GPUBuffer; // GPUDevice\nnavigator.gpu;\nGPU.x;";
  assert.equal(gpuNames([{ path, text }]), [`${path} names GPUBuffer`, `${path} names navigator.gpu`]);
  assert.equal(gpuNames([{ path: "src/kernels/gpu.ts", text }]), []);
});

/** Bundles for a browser, where nothing is external and `node:` does not resolve; gives what it still imports. */
async function bundled(entryPoints: string[], plugins: Plugin[] = []): Promise<string[]> {
  const { metafile } = await build({
    entryPoints,
    plugins,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    loader: { ".wgsl": "text" },
    outdir: "nowhere",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return imports.filter((each) => each.external).map((each) => each.path);
}

test("all but src/node, and what the package has for Node, bundle for a browser, with nothing left to import", async () => {
  const entries = ["src/autograd/index.ts", "src/nn/index.ts", "src/wgan/trainer.ts"];
  const paths = sources.map(({ path }) => path);
  for (const entry of entries) assert.ok(paths.includes(entry), `${entry} is gone`);
  const all = paths.filter(
    (path) => /\.ts$/.test(path) && !/\.d\.ts$|^src\/(node\/|package\/node\.ts)/.test(path),
  );
  assert.equal(await bundled(all), []);
});

test("the bundle for a browser fails on an import of Node", async () => {
  const virtual: Plugin = {
    name: "virtual",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^made-up$/ }, ({ path }) => ({ path, namespace: "made-up" }));
      onLoad({ filter: /.*/, namespace: "made-up" }, () => ({ contents: 'import "node:fs";' }));
    },
  };
  const said = await bundled(["made-up"], [virtual]).then(
    () => "nothing",
    (error: Error) => error.message,
  );
  assert.match(said, /node:fs/);
});

/** Longer files that should stay whole, each with the reason. */
const long: Record<string, string> = {};

test("no file of src/ or shaders/ is over 300 lines", () => {
  const over = sources.filter(({ path, text }) => text.split("\n").length > 301 && !long[path]);
  assert.equal(
    over.map(({ path }) => path),
    [],
  );
});

test.run();
