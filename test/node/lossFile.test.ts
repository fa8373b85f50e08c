// losses.csv: whole lines, and on a disk that takes no more the rows wait.
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lossHeader, openLossFile, readLosses } from "../../src/node/lossFile";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();
const row = (step: number) => ({
  ...{ step, criticReal: step / 3, criticFake: -1, generator: 0, wasserstein: Number.NaN, seconds: step / 8 },
});
const steps = (path: string) => readLosses(path).map(({ step }) => step);

test("going on keeps the rows up to a step to the last digit, and drops later ones and a half", () => {
  const path = join(base, "going-on");
  openLossFile(path).append([1, 2, 3, 4, 5].map(row));
  const before = readFileSync(path, "utf8");
  writeFileSync(path, `${before}6,0.1`);
  assert.equal(steps(path), [1, 2, 3, 4, 5]);
  const file = openLossFile(path, 3);
  assert.equal(steps(path), [1, 2, 3]);
  file.append([row(4), row(5)]);
  file.sync();
  assert.is(readFileSync(path, "utf8"), before);
});

test("a file that was deleted begins anew", () => {
  const path = join(base, "deleted");
  openLossFile(path, 7).append([row(8)]);
  assert.equal(steps(path), [8]);
  assert.ok(readFileSync(path, "utf8").startsWith(lossHeader));
});

test("rows that can't be written go with the next ones, and the one line names the file", () => {
  const path = join(base, "there");
  const file = openLossFile(path);
  rmSync(path);
  mkdirSync(path);
  assert.throws(() => file.append([row(1)]), /there: can't be written \(EISDIR\)\.$/);
  rmdirSync(path);
  file.append([row(2)]);
  assert.equal(steps(path), [1, 2]);
});

test("a file that someone edits or removes while it is written goes on in whole lines", () => {
  const path = join(base, "edited");
  const file = openLossFile(path);
  file.append([1, 2, 3].map(row));
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, [lines[0], ...lines.slice(2)].join("\n").trimEnd());
  file.append([row(4)]);
  assert.equal(steps(path), [2, 3, 4]);
  rmSync(path);
  file.append([row(5)]);
  assert.is(readFileSync(path, "utf8").slice(0, lossHeader.length), lossHeader);
  assert.equal(steps(path), [5]);
});

test("old rows in which someone wrote a remark keep their bytes", () => {
  const path = join(base, "remark");
  openLossFile(path).append([row(1)]);
  writeFileSync(path, readFileSync(path, "utf8").replace("1,", "1, größer,"));
  openLossFile(path, 1).append([row(2)]);
  assert.equal(steps(path), [1, 2]);
});

test.run();
