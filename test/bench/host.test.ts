// The host's figures, on Dawn's null backend.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CHAIN, type HostFigures } from "../../bench/host";

test("an op is timed as one dispatch of a chain, and a replay by the dispatches that it makes", () => {
  const program = fileURLToPath(new URL("./hostAlone.js", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  assert.ok(stdout.startsWith("{"), stderr);
  const { eager, replay } = JSON.parse(stdout) as Required<HostFigures>;
  assert.is(eager.dispatches, CHAIN);
  assert.ok(replay.dispatches >= CHAIN, `${replay.dispatches}`); // a product at least, whatever is fused with it
  for (const { ms, minMs } of [eager, replay]) assert.ok(minMs > 0 && ms >= minMs, `${ms} ${minMs}`);
});

test.run();
