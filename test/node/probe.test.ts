// Which adapters there are, told by a child process that may crash: none is told from a binding that doesn't load, and
// one is picked by a part of its name.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askForAdapters, type Found } from "../../scripts/adapters.mjs";
import { InputError } from "../../src/errors";
import { type AdapterSummary, pickAdapter } from "../../src/node/probe";
import { bindingWith, cutAt, tooNew } from "./binding";
import { temporaryFolder } from "./temporary";

const source = readFileSync("scripts/probe.mjs", "utf8");

/** What the child finds that runs in this folder. */
const foundIn = (cwd: string, which = "all"): Found =>
  askForAdapters(["--input-type=module", "--eval", source, "--", which], { cwd });

/** What is found where `index.js` of the package webgpu is the given text. */
function foundWith(webgpu: string, which = "all"): Found {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "node_modules/webgpu"), { recursive: true });
  writeFileSync(join(cwd, "node_modules/webgpu/package.json"), '{ "type": "module", "main": "index.js" }');
  writeFileSync(join(cwd, "node_modules/webgpu/index.js"), webgpu);
  return foundIn(cwd, which);
}

/** A stand-in for Dawn with these cards: it takes the first with the text in its name, and lists all where none has it. */
const dawnWith = (...cards: string[]) => `
  const cards = ${JSON.stringify(cards)};
  export const create = ([flag]) => ({
    async requestAdapter() {
      if (cards.length === 0) return null;
      const device = cards.find((card) => card.includes(flag.replace("adapter=", "")));
      if (device) return { info: { device, description: "driver" }, features: [], limits: {} };
      throw new Error(["no suitable backends found", "Available adapters:",
        ...cards.map((name) => " * backend: 'vulkan', name: '" + name + "'")].join("\\n"));
    },
  });`;

test("all adapters are told, the default one first; of one name the first that Dawn gives", () => {
  const names = ({ adapters, broken }: Found) => [
    broken,
    ...adapters.map(({ device, alike }) => [device, alike]),
  ];
  const two = dawnWith("SwiftShader Device (Subzero)", "llvmpipe (LLVM 15, 'x')");
  assert.equal(names(foundWith(two)), [
    undefined,
    ["SwiftShader Device (Subzero)", 1],
    ["llvmpipe (LLVM 15, 'x')", 1],
  ]);
  assert.equal(names(foundWith(two, "first")), [undefined, ["SwiftShader Device (Subzero)", 1]]);
  assert.equal(names(foundWith(dawnWith("A 100", "A 100", "A 10", "B"))), [
    undefined,
    ["A 100", 2],
    ["B", 1],
  ]);
});

test("no adapter, a crash once Dawn is loaded, and a promise that is refused are no adapter", () => {
  const none = { adapters: [] };
  for (const which of ["first", "all"]) {
    assert.equal(foundWith(dawnWith(), which), none);
    assert.equal(foundWith("export const create = () => process.abort();", which), none);
    assert.equal(foundWith('export const create = () => { throw new Error("no"); };', which), none);
    assert.equal(
      foundWith(
        'export const create = () => ({ requestAdapter: () => Promise.reject(new Error("no")) });',
        which,
      ),
      none,
    );
  }
});

test("what else the child prints changes nothing", () => {
  const { adapters } = foundWith(`console.log("hello");\n${dawnWith("A")}`);
  assert.is(adapters.length, 1);
});

const damaged = /^the binding of the npm package webgpu can't be loaded \(.+\); it may be damaged$/;
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("a binding that doesn't load is told from a missing adapter, and why", () => {
  for (const [folder, why] of [
    [cutAt(0), damaged],
    [cutAt(100), damaged],
    [cutAt(1_000_000), damaged], // here it isn't an error that it ends with, but SIGBUS
    [cutAt(10_000_000), damaged],
    [tooNew(), /^the binding of the npm package webgpu needs GLIBC_9\.\d\d, and this system is older$/],
    [bindingWith(() => null), /^the npm package webgpu holds no binding for linux-\w+$/],
    [temporaryFolder(), /^the npm package webgpu isn't installed$/],
  ] as const) {
    const { adapters, broken } = foundIn(folder);
    assert.equal(adapters, []);
    assert.match(broken!, why);
  }
});

const adapters = [
  { name: "NVIDIA RTX 40", device: "nvidia-rtx-40", description: "NVIDIA: 550.1" },
  { name: "NVIDIA RTX 4090", device: "nvidia-rtx-4090", description: "NVIDIA: 550.1" },
  { name: "llvmpipe (LLVM 15)", device: "llvmpipe-llvm-15-", description: "llvmpipe: Mesa 25" },
] as AdapterSummary[];

test("an adapter is picked by a part of its name or its driver's, or by the whole, in capitals or not", () => {
  for (const [text, name] of [
    ["4090", "NVIDIA RTX 4090"],
    ["LLVMPIPE", "llvmpipe (LLVM 15)"],
    ["mesa", "llvmpipe (LLVM 15)"],
    ["llvmpipe-llvm-15-", "llvmpipe (LLVM 15)"],
    ["nvidia rtx 40", "NVIDIA RTX 40"],
  ]) {
    assert.is(pickAdapter(adapters, text).name, name);
  }
});

test("a text that picks none or several is answered with those there are", () => {
  for (const [text, said] of [
    [
      "intel",
      'adapter "intel": none has that in its name. There are: NVIDIA RTX 40; NVIDIA RTX 4090; llvmpipe (LLVM 15).',
    ],
    [
      "rtx",
      'adapter "rtx": more than one has that in its name: NVIDIA RTX 40; NVIDIA RTX 4090. Give more of it.',
    ],
  ]) {
    try {
      pickAdapter(adapters, text);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, InputError);
      assert.is((error as Error).message, said);
    }
  }
});

test.run();
