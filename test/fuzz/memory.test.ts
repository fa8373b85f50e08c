// A few of the random programs of `npm run fuzz -- --memory`, always the same ones; none of them closes the device.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { device } from "../device";
import { fuzzMemory } from "./memory";

test("40 random programs give right numbers and give back what they held", async () => {
  const gpu = await device();
  const said: string[] = [];
  const reopen = (): never => assert.unreachable("no program closes the device") as never;
  const { failed } = await fuzzMemory(
    { gpu, reopen },
    { runs: 40, seed: 1, report: (line) => said.push(line) },
  );
  assert.is(said.join("\n"), "");
  assert.is(failed, 0);
});

test.run();
