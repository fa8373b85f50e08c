// How messages show what was given, whatever it is; and what is right however it came about.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import { device } from "../device";
import { answeredOtherwise, type Mistake } from "./mistakes";

type Any = (...values: unknown[]) => unknown;
const m = face as unknown as Record<string, Any>;
const list: unknown[] = [1];
list.push(list);
const data = "a number, a list of numbers or of such lists, or a typed array";

const mistakes: Mistake[] = [
  [() => m.add(face.ones([2]), 3n), "3n"],
  [() => m.arange(3n), "3n"],
  [() => m.relu(new Int32Array(2).buffer), "an ArrayBuffer"],
  [() => m.relu(Object.create(Object.create({}))), "an Object"],
  [() => m.relu(list), "[1,[1,[1,[1,…]]]]"],
  [() => m.relu({ list }), "{ list: [1,[1,[1,…]]] }"],
  [() => m.relu("x".repeat(1000)), `"${"x".repeat(39)}…`],
  [() => m.relu({ "a\nb": true }), "{ a b: true }"],
  [() => m.relu(Object.defineProperty(() => 1, "name", { value: "a\nb" })), "the function a b"],
  [() => m.relu(Symbol("a\nb")), "Symbol(a b)"],
];

test("what was given is shown on one short line, and told apart from what is near to it", async () => {
  const told = async ([call, got]: Mistake) => {
    const all = await answeredOtherwise([[call, ""]]);
    assert.ok(all.includes(`, got ${got}.`), `${all} for ${got}`);
    assert.is(all.split("\n").length, 2); // and that of the empty message
  };
  for (const mistake of mistakes) await told(mistake);
});

test("a list with a hole in it is no list of numbers, and one of lists of several lengths no tensor", async () => {
  // biome-ignore lint/suspicious/noSparseArray: that is the mistake
  const hole = [2, , 3];
  const ragged = "tensor: lists of one axis must be of one length, got others beside";
  assert.is(
    await answeredOtherwise([
      [() => m.zeros(hole), "zeros: shape must be a list of sizes, got [2,nothing,3]."],
      [() => m.tensor(hole), `tensor: data must be ${data}, got [2,nothing,3].`],
      [() => m.tensor(new Array(3)), `tensor: data must be ${data}, got [nothing,nothing,nothing].`],
      [
        () => m.stack(Object.assign(new Array(2), { 1: face.ones([1]) })),
        "stack: xs must be a list of tensors, got [nothing,tensor f32[1]].",
      ],
      [() => m.tensor([1, [2]]), `${ragged} [2].`],
      [() => m.tensor([[1, 2], [3]]), `${ragged} [2,2].`],
      [() => m.tensor([[], [1]]), `${ragged} [2,0].`],
      [() => m.tensor(new BigInt64Array(0)), `tensor: data must be ${data}, got a BigInt64Array.`],
    ]),
    "",
  );
});

test("options of another realm, and an argument that is undefined, are taken", async () => {
  await device();
  const itsOwnObject = Object.create(null);
  const options = Object.assign(Object.create(itsOwnObject), { axes: [0] });
  assert.equal(face.sum(face.ones([2]), options).shape, []);
  assert.equal((m.relu(face.ones([2]), undefined) as face.Tensor).shape, [2]);
});

test.run();
