// How the bench holds a side's updates against monge's: what passes, what is found, and what does not add up.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { most } from "../../bench/bounds";
import type { Start, State, Training } from "../../bench/sides/side";
import { changed, follow, type Outcome } from "../../bench/training";

const WEIGHT = "critic.0.weight";
const weights = (...data: number[]): State => ({
  [WEIGHT]: { shape: [data.length], data: Float32Array.from(data) },
});
const start: Start = {
  ...{ preset: "tutorial", weights: weights(1, -2, 3), slots: {}, steps: { critic: 0, generator: 0 } },
};

/** A side whose update moves each weight by `move`; the loss is the first weight before that. */
function side(move: (weight: number, i: number) => number) {
  let state = start.weights;
  const training = {
    scalar: async (loss: number) => loss,
    free: () => {},
    state: async () => state,
    load: (other: State) => {
      state = other;
    },
  } as unknown as Training;
  const update = async () => {
    const { data } = state[WEIGHT];
    state = weights(...data.map((weight, i) => weight + move(weight, i)));
    return data[0];
  };
  return { training, update };
}

async function apart(theirs: (weight: number, i: number) => number, updates: number, ours = doubled) {
  const led: Outcome[] = [];
  const check = async ({ training, update }: ReturnType<typeof side>) =>
    (await follow(training, Array(updates).fill(update), start, led, async () => {})).off;
  assert.equal(await check(side(ours)), { losses: 0, changes: 0 });
  return check(side(theirs));
}
const doubled = (weight: number) => weight;

test("a side that computes the same is nothing apart", async () => {
  assert.equal(await apart(doubled, 3), { losses: 0, changes: 0 });
});

test("an update that is off by 1 % of its size is over the bound, by 0.1 % under it", async () => {
  const { changes } = await apart((weight) => 1.01 * weight, 1);
  assert.ok(Math.abs(changes - 0.01) < 1e-4, `${changes}`);
  assert.ok(changes > most.changes);
  assert.ok((await apart((weight) => 1.001 * weight, 1)).changes < most.changes);
});

test("the worst update counts, not the last one", async () => {
  let calls = 0;
  const { changes } = await apart((weight) => (++calls <= 3 ? 1.1 : 1) * weight, 3); // three weights an update
  assert.ok(Math.abs(changes - 0.1) < 1e-3, `${changes}`);
});

test("what an update is off by does not add up over the updates, since a side takes over monge's weights", async () => {
  const one = await apart((weight) => weight + 1e-3, 1);
  const ten = await apart((weight) => weight + 1e-3, 10);
  assert.ok(ten.changes <= one.changes, `${ten.changes} after ten updates, ${one.changes} after one`);
});

test("the time that counts is that of an update which compiled nothing, without what the check itself takes", async () => {
  const { training, update } = side(doubled);
  const slowly = (ms: number) => new Promise((done) => setTimeout(done, ms));
  let [calls, states] = [0, 0];
  const { state } = training;
  training.state = async () => {
    states++;
    await slowly(100);
    return state();
  };
  const compiling = async () => {
    await slowly(calls++ === 0 ? 300 : 10);
    return update();
  };
  const { leastMs } = await follow(training, [compiling, compiling], start, [], async () => {});
  assert.is(states, 2);
  assert.ok(leastMs >= 9 && leastMs < 90, `${leastMs}`);
});

test("NaN is infinitely far, in a weight and in a loss", async () => {
  assert.is(
    (await apart((weight, i) => (i === 2 ? Number.NaN : weight), 1)).changes,
    Number.POSITIVE_INFINITY,
  );
  const { off } = await follow(
    { ...side(doubled).training, scalar: async () => Number.NaN },
    [side(doubled).update],
    start,
    [{ loss: 1, state: weights(2, -4, 6) }],
    async () => {},
  );
  assert.is(off.losses, Number.POSITIVE_INFINITY);
});

test("tensors count one by one, and those that are named are left out", () => {
  const state = (weight: number, bias: number): State => ({
    ...weights(weight),
    "critic.0.bias": { shape: [1], data: Float32Array.of(bias) },
  });
  const [before, wanted, got] = [state(0, 0), state(1, 1), state(1, 2)];
  assert.is(changed(before, wanted, got, /^$/), 1);
  assert.is(changed(before, wanted, got, /bias/), 0);
});

test.run();
