// The tuner's table on the disk: a file in the cache folder, made where it is missing.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { candidates } from "../../src/kernels/tuning/configurations";
import { Tuning } from "../../src/kernels/tuning/table";
import { tuningFile, tuningStore } from "../../src/node/tuningStore";
import { describeTuning, loadTuning, saveTuning } from "../../src/tuning/text";
import { temporaryFolder } from "./temporary";

test("a table that was saved is read by the next process; a damaged file is ignored", () => {
  const info = { name: "a", driver: "b", software: true, subgroupSize: 8 };
  const env = { XDG_CACHE_HOME: join(temporaryFolder(), "cache") };
  assert.is(tuningStore(env).read(), undefined);
  const table = new Tuning(info);
  table.set({ kind: "nn", rows: 40, columns: 48, sum: 600, copies: 1 }, candidates(info)[1], 1, 2);
  saveTuning(table, tuningStore(env));
  assert.match(readFileSync(tuningFile(env), "utf8"), candidates(info)[1].name);
  const second = new Tuning(info);
  assert.is(loadTuning(second, tuningStore(env)), undefined);
  assert.is(describeTuning(second), describeTuning(table));
  writeFileSync(tuningFile(env), "not JSON");
  assert.match(loadTuning(new Tuning(info), tuningStore(env))!, /^tuning: ignored/);
});

test.run();
