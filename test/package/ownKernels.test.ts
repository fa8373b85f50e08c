// Kernels and ops of a program's own, with every mistake that can be made in them: each gets one line that names the
// shader or the op, and the device computes on. Run in the installed package, since the table of ops is one for all tests.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installed, run } from "./installed";

/** What is made before: shaders by what is wrong with them, x and y of three numbers, and `op` and `dx` of a record. */
const before = `
import * as m from "monge";
const { addShaders, defineOp, grad, launch, mul, ones, requireGrad, sum, tensor, zeros } = m;
const wgsl = (line, from = "", to = "") => \`// uses: indexing
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;
@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i < P.n) { \${line} }
}
\`.replaceAll(from, to);
const twice = wgsl("y[i] = 2 * x[i];");
addShaders({
  twice,
  typo: wgsl("y[i] = X[i];"),
  lacking: "// uses: nowhere\\n",
  circle: "// uses: circle, indexing\\n" + twice.replace(/.*/, ""),
  matrix: wgsl("", "n: u32", "n: u32, turn: mat4x4f"),
  truth: wgsl("", "n: u32", "n: u32, truth: bool"),
  large: wgsl("", "n: u32", "n: u32, all: array<vec4f, 40>"),
  bare: "@compute @workgroup_size(64) fn main() {}",
  u32: wgsl("y[i] = x[i] + 1;", "array<f32>", "array<u32>"),
});
await m.openDevice();
const x = tensor([1, 2, 3]);
const y = zeros([3]);
const words = tensor(new Uint32Array([1, 2, 3]));
const freed = zeros([3]);
freed.dispose();
const n = { n: 3 };
let made = 0;
const op = (more) => defineOp({
  name: \`own\${++made}\`,
  shape: ([x]) => x,
  forward: ([x], y) => launch("twice", "main", [x], [y], { n: x.size }, x.size),
  ...more,
});
const dx = (vjp) => {
  const w = requireGrad(tensor([1, 2, 3]));
  return grad(sum(op({ name: "own", vjp })(w)), [w])[0];
};
`;

const reads = (got: string) => `launch twice: reads must be tensors for [array<f32>], got ${got}.`;
const derivative = (got: string) => `own: the derivative by input 0 must be a tensor f32[3], got ${got}.`;

const saves = (got: string) =>
  `defineOp: saves must be a function or a list for each input, as ["x0", "y"], got ${got}.`;

/** A call, and what it is told; "" for what is right. */
const calls: Record<string, string> = {
  'launch("twice", "main", [x], [y], n, 3)': "",
  'launch("u32", "main", [words], [tensor(new Uint32Array(3))], n, 3)': "",
  'launch("circle", "main", [x], [y], n, 3)': "",
  'launch("bare", "main", [], [], {}, 3)': "",
  'launch("twice", "main", [], [y], n, 3)': reads("[]"),
  'launch("twice", "main", [x, x], [y], n, 3)': reads("[tensor f32[3],tensor f32[3]]"),
  'launch("twice", "main", x, [y], n, 3)': reads("tensor f32[3]"),
  'launch("twice", "main", [words], [y], n, 3)': reads("[tensor u32[3]]"),
  'launch("twice", "main", [[1, 2, 3]], [y], n, 3)': reads("[[1,2,3]]"),
  'launch("twice", "main", [x], [], n, 3)': "launch twice: writes must be tensors for [array<f32>], got [].",
  'launch("twice", "main", [freed], [y], n, 3)':
    "launch twice: a tensor must not be used after it was freed, got tensor f32[3]. Return it from tidy, or keep() it.",
  'launch("twice", "main", [x], [x], n, 3)':
    "gpu: twice:main: a dispatch must not read a buffer that it writes.",
  'launch("twice", "mian", [x], [y], n, 3)':
    'launch twice: entry must be "main", got "mian". Did you mean "main"?',
  'launch("twce", "main", [x], [y], n, 3)': 'no shader is called "twce"; addShaders adds one',
  'launch("constructor", "main", [x], [y], n, 3)': 'no shader is called "constructor"; addShaders adds one',
  "launch()": "launch: shader must be a text, got nothing.",
  'launch("lacking", "main", [x], [y], n, 3)': 'lacking: no shader is called "nowhere"; addShaders adds one',
  'launch("twice", "main", [x], [y], undefined, 3)':
    "gpu: the uniform of twice: the fields must be n, got none.",
  'launch("twice", "main", [x], [y], { n: 3, m: 1 }, 3)':
    "gpu: the uniform of twice: the fields must be n, got n, m.",
  'launch("twice", "main", [x], [y], { n: "3" }, 3)':
    'gpu: the uniform of twice: n must be a whole number from 0 to 4294967295, got "3".',
  'launch("twice", "main", [x], [y], { n: -1 }, 3)':
    "gpu: the uniform of twice: n must be a whole number from 0 to 4294967295, got -1.",
  'launch("twice", "main", [x], [y], { n: 2 ** 32 }, 3)':
    "gpu: the uniform of twice: n must be a whole number from 0 to 4294967295, got 4294967296.",
  'launch("twice", "main", [x], [y], 3, 3)': "gpu: the uniform of twice: the fields must be n, got none.",
  'launch("bare", "main", [], [], n, 3)': "gpu: the uniform of bare: the fields must be none, got n.",
  'launch("matrix", "main", [x], [y], n, 3)': "matrix: mat4x4f is no type of a uniform's field.",
  'launch("truth", "main", [x], [y], n, 3)': "truth: bool is no type of a uniform's field.",
  'launch("large", "main", [x], [y], n, 3)': "gpu: large: a uniform has 256 bytes at most, got 656.",
  'launch("twice", "main", [x], [y], n)':
    "launch twice: threads must be a whole number from 0 up, got nothing.",
  'launch("twice", "main", [x], [y], n, 0.5)':
    "launch twice: threads must be a whole number from 0 up, got 0.5.",
  "addShaders({ twice })": "",
  'addShaders({ twice: "" })': "addShaders: twice is another shader's name.",
  'addShaders({ unary: "" })': "addShaders: unary is another shader's name.",
  "addShaders({ a: 1 })": "addShaders: more must be an object of WGSL texts by name, got { a: 1 }.",
  'addShaders("a")': 'addShaders: more must be an object of WGSL texts by name, got "a".',
  "op({})(x)": "",
  "dx(({ dy }) => [() => mul(dy, 2)])": "",
  "dx(() => [undefined])": "",
  "dx(() => [() => ones([2, 3])])": "", // what broadcasting added is summed up
  "dx(() => [() => ones([2])])": derivative("tensor f32[2]"),
  "dx(() => [() => ones([1])])": derivative("tensor f32[1]"),
  "dx(() => [() => words])": derivative("tensor u32[3]"),
  "dx(() => [() => undefined])": derivative("nothing"),
  "dx(() => [() => 2])": derivative("2"),
  "dx(() => [async () => x])": derivative("a Promise"),
  "dx(() => [])": "own: vjp must give a function for each of 1 inputs, got [].",
  "dx(() => undefined)": "own: vjp must give a function for each of 1 inputs, got nothing.",
  "dx(({ dy }) => [dy])": "own: vjp must give a function for each of 1 inputs, got [tensor f32[3]].",
  'dx(() => { throw new Error("mine"); })': "own: mine",
  "op({ name: 'own', shape: ([, b]) => b })(x)":
    "own: shape must give a list of whole numbers from 0 up, got nothing.",
  "op({ name: 'own', shape: () => [-1] })(x)":
    "own: shape must give a list of whole numbers from 0 up, got [-1].",
  "op({ name: 'own', shape: () => { throw new Error('mine'); } })(x)": "own: mine",
  "op({ name: 'own', forward: async () => {} })(x)":
    "own: forward: the function must not be async, got a promise. Await outside of it.",
  "op({ name: 'own', forward: () => launch('twice', 'main', [], [], n, 3) })(x)": `own: ${reads("[]")}`,
  "op({ name: 'own' })()": "own: one input must be a tensor, got nothing.",
  "op({ name: 'own' })([1, 2, 3])": "own: one input must be a tensor, got [1,2,3].",
  "op({ name: 'own', forward: () => {} })(x)": "own: forward must fill its output, got tensor f32[3].",
  "m.defineMultiOp({ name: 'own', shape: ([x]) => [x, x], forward: ([x], [y]) => m.assign(y, x) })(x)":
    "own: forward must fill its output, got [tensor f32[3],tensor f32[3]].",
  "op({ name: 'own', forward: () => {} })(zeros([0]))": "",
  "op({ name: 'own', shape: ([x]) => x, forward: undefined })(x)": "",
  "op({ saves: [['x0', 'y'], []] })": "",
  "op({ saves: () => [['y0']] })": "",
  "op({ saves: [['x']] })": saves('[["x"]]'),
  "op({ saves: ['x0'] })": saves('["x0"]'),
  "op({ saves: 'x0' })": saves('"x0"'),
  "m.capture(() => op({ name: 'own' })(x)).dispose()": "",
  "op({ name: 'own' })(words)": "own: input 0 must be f32, got tensor u32[3].",
  "op({ name: 'own' }); op({ name: 'own' })": "defineOp: own is defined twice",
  "op({ name: 'add' })": "defineOp: add is defined twice",
  "op({ name: 3 })": "defineOp: name must be a text, got 3.",
  "op({ shape: undefined })": "defineOp: shape must be a function, got nothing.",
  "op({ vpj: () => [] })":
    "defineOp: op must be among name, shape, forward, vjp, fusedVjp, saves, movesFrom, takes or gives, got vpj.",
  "op({ gives: 'i32' })": 'defineOp: gives must be "f32", "u32" or "input", got "i32". Did you mean "f32"?',
  "op({ takes: 'u32' })": 'defineOp: takes must be a list of dtypes, or "any", got "u32".',
  // What the compiler finds comes with the next read.
  'launch("typo", "main", [x], [y], n, 3); await y.data()': "unresolved value 'X'",
};

test("each mistake in an own shader, launch or op gets one line with its name, and the device computes on", () => {
  const attempts = Object.keys(calls).map(
    (call) => `
    m.ops.delete("own");
    try { ${call}; told.push(""); } catch (error) { told.push(error.message); }
    launch("twice", "main", [x], [y], n, 3);
    if ([...(await y.data())].join() !== "2,4,6") told.push("computes wrongly");`,
  );
  const program = `${before}const told = [];${attempts.join("")}\nconsole.log(JSON.stringify(told));\nm.closeDevice();\n`;
  writeFileSync(join(installed(), "own.mjs"), program);
  const told = JSON.parse(run(process.execPath, ["own.mjs"])) as string[];
  for (const [i, [call, wanted]] of Object.entries(calls).entries()) {
    if (call.includes("typo")) assert.ok(told[i].includes(wanted) && told[i].includes('"typo"'), told[i]);
    else assert.is(told[i], wanted, call);
    assert.not.match(told[i], /\n/, call);
  }
  assert.is(told.length, attempts.length);
});

test.run();
