// What an adapter does at best.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { measureCeilings } from "../../src/node/ceilings";
import { device } from "../device";

test("the ceilings are numbers above what any machine lacks", async () => {
  const { flops, bytes } = await measureCeilings(await device());
  assert.ok(flops > 1e8 && flops < 1e15, `${flops}`);
  assert.ok(bytes > 1e7 && bytes < 1e14, `${bytes}`);
});

test.run();
