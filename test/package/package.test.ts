// The package from its tarball: what is in it, that the README's program runs and is typed, how large a page is, and
// that its program `monge` does what the project's commands do.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { base, tiny } from "../node/training";
import { installed, run } from "./installed";

const onLinux = process.platform === "linux" ? test : test.skip; // there esbuild's file is a program of the system
const readme = readFileSync("README.md", "utf8");
const [, example] = readme.match(/```js\n(import \{ closeDevice[\s\S]*?)```/)!;
const { name, ...manifest } = JSON.parse(readFileSync("package.json", "utf8"));
const home = () => join(installed(), "node_modules", name);
const files = () =>
  readdirSync(home(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(home().length + 1)
        .replaceAll("\\", "/"),
    );
const text = (path: string) => readFileSync(join(home(), path), "utf8");

/** Puts a file into the project that has the package installed, and gives its name. */
function put(file: string, content: string): string {
  writeFileSync(join(installed(), file), content);
  return file;
}

test("the tarball holds programs with their maps, types, pages and the licence, and nothing else", () => {
  const kinds = [
    /^dist\/package\/(chunks\/)?[\w-]+\.js(\.map)?$/,
    /^dist\/package\/types\/src\/[\w/]+\.d\.ts$/,
    /^docs\/(science\/)?[\w-]+\.(md|png)$/,
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  ];
  const all = files();
  const strange = all.filter((file) => !kinds.some((kind) => kind.test(file)));
  assert.equal(strange, []);
  for (const kind of kinds)
    assert.ok(
      all.some((file) => kind.test(file)),
      String(kind),
    );
  const programs = all.filter((file) => file.endsWith(".js"));
  for (const file of programs) assert.ok(all.includes(`${file}.map`), file);
});

test("npm runs no script of ours at an install, and everything that the package depends on is used in it", () => {
  for (const script of ["preinstall", "install", "postinstall", "prepare"])
    assert.not.ok(script in manifest.scripts, script);
  const code = files()
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .map(text)
    .join("\n");
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
    assert.ok(code.includes(`"${dependency}`), dependency);
});

test("every shader is in it, without a comment but the line that names others", () => {
  const code = files()
    .filter((file) => /chunks\/.*\.js$/.test(file))
    .map(text);
  const shaders = code.flatMap((chunk) => chunk.match(/^var \w+_default = .*@compute.*/gm) ?? []);
  assert.ok(shaders.length > 20, `${shaders.length}`);
  for (const shader of shaders) assert.not.match(shader.replace(/"\/\/ uses: [^\\]*\\n/, ""), /\/\//);
});

test("its files name the commands of the package, not those of the project", () => {
  const programs = files().filter((file) => file.endsWith(".js"));
  for (const file of programs) {
    const said = text(file).match(/npm run (?!gpu-day|walk).{0,30}/);
    assert.is(said?.[0], undefined, file);
  }
});

test("Node and browsers are given the same names", async () => {
  const names = async (platform: string) => {
    const program = `import * as monge from "./node_modules/monge/dist/package/${platform}.js";
      console.log(Object.keys(monge).sort().join());`;
    return run(process.execPath, ["--input-type=module", "--eval", program]);
  };
  assert.is(await names("node"), await names("web"));
  assert.match(await names("web"), /\bcloseDevice,.*\bmatmul,.*\bopenDevice,/);
});

test("the README's program runs in Node and fits the plane", () => {
  const printed = run(process.execPath, [put("example.mjs", example)]);
  const [a, b] = printed
    .slice(printed.indexOf("["))
    .match(/-?\d+(\.\d+)?/g)!
    .map(Number);
  assert.ok(Math.abs(a - 3) < 1e-4 && Math.abs(b + 2) < 1e-4, printed);
});

test("the device tells what it is and no more, and may be opened again after it was closed", () => {
  const program = `import { closeDevice, openDevice } from "monge";
    for (const device of [await openDevice(), (closeDevice(), await openDevice())])
      console.log(Object.keys(device).join());
    closeDevice();
    try { closeDevice(); } catch ({ name, message }) { console.log(name, message); }`;
  assert.is(
    run(process.execPath, [put("device.mjs", program)]),
    `${"name,driver,software,memoryBudget\n".repeat(2)}GpuError gpu: no device is open. Call \`await openDevice()\` first\n`,
  );
});

for (const module of ["node", "web"])
  test(`openDevice looks at what it is given: ${module}`, () => {
    const program = `import { openDevice } from "./node_modules/monge/dist/package/${module}.js";
    for (const given of ["llvmpipe", null, { device: "cuda" }, { adpater: "x" }, { adapter: 3 }])
      try { await openDevice(given); } catch ({ message }) { console.log(message); }
    try { await openDevice({}, {}); } catch ({ message }) { console.log(message); }`;
    const options = "openDevice: options must be";
    assert.equal(
      run(process.execPath, [put("given.mjs", program)])
        .trim()
        .split("\n"),
      [
        `${options} an object with adapter, got "llvmpipe". Did you mean { adapter: "llvmpipe" }?`,
        `${options} an object with adapter, got null.`,
        `${options} among adapter, got device.`,
        `${options} among adapter, got adpater. Did you mean adapter?`,
        "openDevice: adapter must be a text, got 3.",
        "openDevice: it must be given at most 1 argument (options), got 2.",
      ],
    );
  });

test("a browser is not asked for an adapter by its name", () => {
  const program = `import { openDevice } from "./node_modules/monge/dist/package/web.js";
    await openDevice({ adapter: "x" }).catch(({ name, message }) => console.log(name, message));`;
  assert.match(
    run(process.execPath, [put("web.mjs", program)]),
    /^InputError adapter "x": a browser and Deno choose/,
  );
});

onLinux("the README's commands check the program's types, and bundle it for Node and for a page", () => {
  const [, commands] = readme.match(/```sh\n(npx tsc [\s\S]*?)```/)!;
  const lines = commands.split("\n").filter((line) => line.startsWith("npx "));
  assert.is(lines.length, 3);
  put("example.ts", example);
  const programs = {
    tsc: "node node_modules/typescript/bin/tsc",
    esbuild: "node_modules/esbuild/bin/esbuild",
  };
  for (const line of lines)
    run("sh", [
      "-c",
      line.replace(/npx (tsc|esbuild)/, (_, program: "tsc" | "esbuild") => programs[program]),
    ]);
  assert.ok(readFileSync(join(installed(), "page.js"), "utf8").length > 50_000);
});

const everything = `import * as monge from "monge";
import * as nn from "monge/nn";
import * as wgan from "monge/wgan";
export { monge, nn, wgan };
`;
// Of the two declarations of WebGPU the one, @webgpu/types, and TypeScript 7's own lib.dom exclude each other, whoever
// imports them.
const settings: [title: string, compiler: string, options: string][] = [
  ["a bundler's settings", "typescript", "--module esnext --moduleResolution bundler --lib es2022,dom"],
  ["Node's settings", "typescript", "--module nodenext --lib es2022 --types node"],
  ["@webgpu/types", "typescript-api", "--module nodenext --lib es2022,dom --types @webgpu/types"],
];
for (const [title, compiler, options] of settings) {
  const { version } = JSON.parse(readFileSync(`node_modules/${compiler}/package.json`, "utf8"));
  test(`its types and the README's program pass tsc ${version}, strict to the last library, with ${title}`, () => {
    const sources = [put("example.ts", example), put("everything.ts", everything)];
    const strict = "--noEmit --strict --skipLibCheck false --target es2022".split(" ");
    const tsc = join("node_modules", compiler, "bin/tsc");
    run(process.execPath, [tsc, ...strict, ...options.split(" "), ...sources]);
  });
}

/** What TypeScript takes as the checks do, and what both refuse. */
const right = `tensor(new Float64Array(2)); tensor(new Int8Array(2), [2]); tensor(new Uint8ClampedArray(1)); tensor([[1], [2]]);
new ReLU().forward(x); new Sequential(new Tanh(), new Two()).forward(x); new Two().forward(x, x);
const parts: Tensor[] = split(stack([x, x]), { sizes: 1 }); const taken: Tensor = where(x, parts[0]!, 1);`;
const wrong = `matmul(x, "w")
tensor(new BigInt64Array(1))
tensor(new DataView(new ArrayBuffer(4)))
tensor(["1"])
new ReLU().forward()
new Tanh().forward(x, x)
new Sequential([new ReLU()])
sum(x, { dim: 0 })
where(true, x, x)
split(x, 2)
stack(x, x)
x * 2
x < 0.1
openDevice("llvmpipe")
openDevice({ device: "x" })
new SGD([x], { lr: 1 })`;

test("its types take what the checks take, and refuse what they refuse", () => {
  const lines = wrong.split("\n").map((line) => `// @ts-expect-error\nvoid (${line});`);
  const source = put(
    "checked.ts",
    `import { add, matmul, openDevice, split, stack, sum, type Tensor, tensor, where } from "monge";
import { Module, ReLU, Sequential, SGD, Tanh } from "monge/nn";
class Two extends Module { override forward(x: Tensor, y = x): Tensor { return add(x, y); } }
const x = tensor([1]);\n${right}\n${lines.join("\n")}\n`,
  );
  const tsc = "node_modules/typescript/bin/tsc";
  run(process.execPath, [tsc, "--noEmit", "--strict", "--noImplicitOverride", "--target", "es2022", source]);
});

/** The bundle of a page, as esbuild makes it in a project that has the package. */
async function page(contents: string): Promise<string> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: installed() },
    ...{ bundle: true, minify: true, format: "esm", target: "es2022", platform: "browser" },
    ...{ write: false, metafile: true, logLevel: "silent" },
  });
  assert.equal(Object.values(metafile.outputs)[0].imports, []);
  return outputFiles[0].text;
}

test("a page with all of monge and monge/nn is 60 kB or less, minified and gzipped, and needs nothing else", async () => {
  const text = await page('export * from "monge"; export * from "monge/nn";');
  const { length } = gzipSync(text, { level: 9 });
  console.log(
    `\n    monge with monge/nn: ${(text.length / 1000).toFixed(1)} kB, ${(length / 1000).toFixed(1)} kB gzipped`,
  );
  assert.ok(length <= 60_000, `${length} bytes`);
});

test("monge/wgan, too, goes into a page", async () => {
  assert.match(await page('import { Trainer } from "monge/wgan"; console.log(Trainer);'), /console\.log/);
});

test("a user's own kernel can call all that docs/ways-in.md offers", () => {
  const offers = readFileSync("docs/ways-in.md", "utf8").split("| file | what it gives")[1];
  const calls = [...offers.matchAll(/`(\w+\([\w, ]+\))`/g)].map(([, call]) => call);
  assert.ok(calls.length > 20);
  const kernel = `// uses: indexing, numbers, math, threefry
@group(0) @binding(0) var<storage, read> numbers: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(WG) fn all_offers(@builtin(global_invocation_id) id: vec3u) {
  let x = vec4f(numbers[0]); let a = x; let b = x; let low = x.x; let high = x.x; let p = 2.0f; let quarters = 1i;
  let key = id.xy; let counter = key;
  ${calls.map((call, i) => `let y${i} = ${call};`).join("\n  ")}
  y[0] = exp_of(x).x;
}`;
  const source = `import { addShaders, closeDevice, defineOp, launch, openDevice, tensor } from "monge";
    addShaders({ all_offers: ${JSON.stringify(kernel)} });
    const op = defineOp({ name: "allOffers", shape: ([x]) => x, vjp: () => [],
      forward: ([x], y) => launch("all_offers", "all_offers", [x], [y], {}, 1) });
    await openDevice();
    console.log((await op(tensor([0])).data())[0]);
    closeDevice();`;
  assert.match(run(process.execPath, [put("offers.mjs", source)]), /^1$/m);
});

const monge = (...args: string[]) =>
  spawnSync(process.execPath, [join(home(), manifest.bin.monge), ...args], {
    ...{ cwd: installed(), encoding: "utf8", timeout: 120_000 },
  });

test("monge doctor ends with ready", () => {
  const { status, stdout, stderr } = monge("doctor");
  assert.is(status, 0, stderr);
  assert.match(stdout, /\nready\n$/);
});

test("monge setup has nothing to do where there is an adapter, and names it", () => {
  const { status, stdout, stderr } = monge("setup");
  assert.is(status, 0, stderr);
  assert.match(stdout, /^ready: .+ \((soft|hard)ware\), .+\n$/);
});

test("monge train trains, and leaves a run with its pictures", () => {
  const args = [...tiny, "--data", join(base, "data"), "--steps", "5", "--out", "run"];
  const { status, stderr } = monge("train", ...args);
  assert.is(status, 0, stderr);
  const made = readdirSync(join(installed(), "run"));
  for (const file of ["config.yaml", "losses.png", "training.gif", "report.html"])
    assert.ok(made.includes(file), file);
});

test("monge sweep writes lines that start the package's own program, runs them, and reports", () => {
  const toy = ["--preset", "toy", "--steps", "2", "--objective.criticSteps", "1", "--sample-every", "0"];
  const written = monge("sweep", "--seeds", "1,2", ...toy, "--out", "swept");
  assert.is(written.status, 0, written.stderr);
  assert.match(written.stdout, /npx monge sweep --local 2 swept\n/);
  const lines = readFileSync(join(installed(), "swept/runs.txt"), "utf8");
  assert.is(lines.match(/^node \S+\/dist\/package\/monge\.js train --preset toy .*\n/gm)?.length, 2, lines);
  const { status, stdout, stderr } = monge("sweep", "--local", "2", "swept");
  assert.is(status, 0, stdout + stderr);
  assert.match(stdout, /\nswept: 2 runs done\n$/);
  assert.match(monge("sweep", "--report", "swept").stdout, /2 of 2/);
});

test("monge tells its commands and its version, and says in one line what it does not know", () => {
  assert.is(monge("--version").stdout, `${manifest.version}\n`);
  const { stdout } = monge("--help");
  const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, command]) => command);
  assert.ok(commands.length > 6);
  for (const command of commands)
    assert.match(monge(command, "--help").stdout, `usage: npx monge ${command}`);
  const unknown = monge("trian");
  assert.is(unknown.status, 1);
  assert.is(unknown.stderr, 'monge: unknown command "trian". Did you mean train?\n');
  const { status, stderr } = monge("train", "--stpes", "5");
  assert.is(status, 1);
  assert.is(stderr, "monge: unknown option --stpes. Did you mean --steps?\n");
});

test.run();
