// The host's figures, on Dawn's null backend.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CHAIN, type HostFigures, measureHost } from "../../bench/host";

test("an op is timed as one dispatch of a chain, and a replay by the dispatches that it makes", () => {
  const program = fileURLToPath(new URL("./hostAlone.js", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  assert.ok(stdout.startsWith("{"), stderr);
  const { eager, replay } = JSON.parse(stdout) as Required<HostFigures>;
  assert.is(eager.dispatches, CHAIN);
  assert.ok(replay.dispatches >= CHAIN, `${replay.dispatches}`); // a product at least, whatever is fused with it
  for (const { ms, minMs } of [eager, replay]) assert.ok(minMs > 0 && ms >= minMs, `${ms} ${minMs}`);
});

test("what a side encodes only when it hands over is in its figure, and the wait for the backend is not", async () => {
  Object.assign(globalThis, { GPUComputePassEncoder: class {} });
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end; );
  };
  let chains = 0;
  const { eager } = await measureHost({
    eager: () => void chains++,
    handOver: () => busy(0.2 * chains),
    finish: async () => {
      chains = 0;
      busy(20);
    },
  });
  const chain = eager.minMs * CHAIN;
  assert.ok(chain >= 0.2 && chain < 0.4, `${chain}`);
});

test.run();
