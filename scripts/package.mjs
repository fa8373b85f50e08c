// Makes dist/package, what the package is of besides its texts: programs and types. `npm pack` runs it first.
// usage: node scripts/package.mjs
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./build.mjs";
import { filesUnder } from "./buildOnce.mjs";
import { plainShader, shortNames } from "./plainShader.mjs";
import { fail, root } from "./shell.mjs";

mkdirSync(join(root, "dist"), { recursive: true });
// Where it is written; it gets its name when it is whole, since someone may be reading the one that is there.
const folder = mkdtempSync(join(root, "dist/package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const types = join(folder, "types");

const entries = {
  node: "src/package/node.ts",
  web: "src/package/web.ts",
  nn: "src/face/nn.ts",
  wgan: "src/wgan/index.ts",
  monge: "src/node/monge.ts",
};

const changed = (name, filter, change) => ({
  name,
  setup: ({ onLoad }) =>
    onLoad({ filter }, ({ path, with: { type } }) => ({
      loader: type ?? { ts: "ts", mjs: "js", wgsl: "text" }[path.split(".").at(-1)],
      contents: type ? readFileSync(path, "utf8") : change(readFileSync(path, "utf8")),
    })),
});

/** Who has the package says `npx monge train` for `npm run train --`. */
const saysMonge = (text) =>
  text
    .replaceAll(" (with the -- in between)", "")
    .replace(
      /npm run (train|sweep|sample|evaluate|classifier|export|import|doctor|profile|tune|ladder|setup|\$\{command\})( --(?= ))?/g,
      "npx monge $1",
    );

const shaders = filesUnder([join(root, "shaders")]).filter((path) => path.endsWith(".wgsl"));
const shorten = shortNames(shaders.map((path) => readFileSync(path, "utf8")));

/** All programs as one build, so that they share one device. */
async function writePrograms() {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // valibot is a dependency for its types' sake; its code goes in, so that a page needs no other file.
  const outside = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== "valibot");
  await bundle({
    entryPoints: Object.entries(entries).map(([out, path]) => ({ in: join(root, path), out })),
    outdir: folder,
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    // A field without a first value needs no line of its own: 120 bytes less of a page.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    define: { "Number.POSITIVE_INFINITY": "Infinity" }, // 20 bytes less
    sourcemap: true,
    banner: {}, // nothing here needs `require`, which browsers lack
    plugins: [
      changed("shaders", /\.wgsl$/, (text) => plainShader(text, shorten)),
      changed("commands", /[\\/](src[\\/].*\.ts|scripts[\\/]apt\.mjs)$/, saysMonge),
    ],
    external: outside,
  });
  chmodSync(join(folder, "monge.js"), 0o755);
}

/** The declarations as tsc writes them, made fit for a project of any settings. Ends the process where a type is wrong. */
function writeTypes() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.package.json", "--outDir", types], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) fail("monge: the package's types are wrong; tsc's own message above says where.");
  for (const file of filesUnder([types])) {
    const text = readFileSync(file, "utf8")
      // The shaders are in the programs, and are texts to TypeScript.
      .replace(/^export \{ default as (\w+) \} from ".*\.wgsl";$/gm, "export declare const $1: string;")
      // The checked functions are values of a table; their types with docstrings are the unchecked ones.
      .replace('"../face"', '"../face/all"')
      .replace(/(from |import\(|import )"(\.[^"]*)"/g, (_, word, name) => `${word}"${named(file, name)}"`)
      // Names that tsc makes up for arguments whose types are a list.
      .replace(/\bargs_\d+(?=\??:)/g, "options")
      .replace(/\brule_0(?=\??:)/g, "rule");
    writeFileSync(file, opaque(text));
  }
}

/** The module that a declaration names, as a file with its ending: Node's way to resolve asks for that. */
function named(file, name) {
  const path = join(dirname(file), name);
  return existsSync(`${path}.d.ts`) ? `${name}.js` : `${name}/index.js`;
}

/**
 * WebGPU's own types as opaque ones. They stand only where users don't look, and the two declarations that there are of
 * them, TypeScript's lib.dom and @webgpu/types, exclude each other: who has one should not need the other.
 */
function opaque(text) {
  const names = new Set(text.replace(/\/\*[\s\S]*?\*\//g, "").match(/\bGPU(?![a-z])\w*/g));
  return [...[...names].map((name) => `type ${name} = object;\n`), text].join("");
}

writeTypes();
await writePrograms().catch((error) => fail(`monge: the package's build failed: ${error.message}`));
const whole = join(root, "dist/package");
rmSync(whole, { recursive: true, force: true });
chmodSync(folder, 0o755); // mkdtemp lets only its maker in
renameSync(folder, whole);
