// Replays are cut into submits by estimated work, as eager work is; counted where nothing is computed.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("20 products of 4096² are replayed in as many submits as they run in eagerly", () => {
  const program = fileURLToPath(new URL("./submits.js", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  assert.is(stdout, `${JSON.stringify({ eager: 20, replayed: 20 })}\n`, stderr);
});

test.run();
