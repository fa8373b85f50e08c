// A row of the bench with sides made for it: who is asked, what is said of results that are off, and when one run is enough.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Contender, contest } from "../../bench/contest";
import { lacks } from "../../bench/lacks";
import { differs } from "../../bench/report";
import { rowNames } from "../../bench/rows";
import { peerNames, type Side, type SideName } from "../../bench/sides/side";

const side = (name: SideName) => ({ name, finish: async () => {} }) as Side;
const contender = (more: Partial<Contender> = {}): Contender => ({
  ...{ run: () => {}, dispose: () => {}, off: {}, soFarMs: 1 },
  ...more,
});
const row = (name: string) => ({ name, family: "training" });

test("a side that has no such row is not asked, and is told apart from one that fails and one that is missing", async () => {
  const entered: SideName[] = [];
  const sides = (["monge", "tfjs", "jax", "torch"] as const).map(side);
  const { peers } = await contest(
    row("iteration wgan"),
    sides,
    { "torch-graphs": "no CUDA" },
    async (each) => {
      entered.push(each.name);
      if (each.name === "torch") throw new Error("out of memory\nand more");
      return contender();
    },
  );
  assert.equal(entered, ["monge", "torch"]);
  assert.equal(peers.torch, { error: "out of memory" });
  assert.equal(peers["torch-graphs"], { error: "no CUDA" });
  for (const name of ["tfjs", "jax"] as const)
    assert.match(peers[name]!.lacks!, /the tutorial's networks alone/);
});

test("every peer has a row, and monge has all", () => {
  assert.ok(rowNames.every((name) => lacks("monge", name) === undefined));
  for (const peer of peerNames)
    assert.ok(
      rowNames.some((name) => lacks(peer, name) === undefined),
      peer,
    );
});

test("a row in which monge differs from itself is told, with no other side in it too", async () => {
  const after = async () => ({ "results after the timing": 1 });
  const alone = (more: Partial<Contender>) =>
    contest(row("matmul"), [side("monge")], {}, async () => contender(more));
  const off = await alone({ after });
  assert.ok(differs(off));
  assert.match(off.note!, /^monge: results after the timing are off from its first/);
  const sound = await alone({});
  assert.is(sound.checked, false);
  assert.not.ok(differs(sound));
});

test.run();
