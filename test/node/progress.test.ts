// The progress line: rewritten on a terminal, silent in a pipe, and unmoved by a closed one.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  createJudgingProgress,
  createProgress,
  createSoloProgress,
  duration,
  outliveStream,
} from "../../src/node/progress";

const output = (isTTY: boolean, columns = 80) => {
  const listeners: ((error: NodeJS.ErrnoException) => void)[] = [];
  let text = "";
  return {
    isTTY,
    columns,
    write: (more: string) => {
      text += more;
    },
    on: (_: "error", listener: (error: NodeJS.ErrnoException) => void) => listeners.push(listener),
    listeners,
    text: () => text,
  };
};

test("on a terminal one line is rewritten with rate and time left, and lines stay above it", () => {
  const out = output(true);
  let time = 0;
  const progress = createProgress(1000, out, () => time);
  progress.update(0);
  time = 2000;
  progress.update(100);
  assert.ok(out.text().endsWith("\r\x1b[Kstep 100/1000  50 steps/s  18 s left"), out.text());
  progress.log("a line");
  assert.ok(out.text().endsWith("\r\x1b[Ka line\n\r\x1b[Kstep 100/1000  50 steps/s  18 s left"));
  progress.done();
  assert.ok(out.text().endsWith("\r\x1b[K"));
});

test("updates in quick succession are written once, the last step always", () => {
  const out = output(true);
  let time = 0;
  const progress = createProgress(50, out, () => time);
  for (let step = 1; step <= 50; step++, time += 1) progress.update(step);
  assert.equal(out.text().match(/step \d+/g), ["step 1", "step 50"]);
});

test("the rate follows the last ten seconds", () => {
  const out = output(true);
  let time = 0;
  const progress = createProgress(100_000, out, () => time);
  let step = 0;
  for (; time < 60_000; time += 1000) progress.update(step++);
  for (; time < 80_000; time += 1000) {
    step += 20;
    progress.update(step);
  }
  assert.match(out.text().split("\r").at(-1)!, "  20 steps/s");
});

test("or it follows as long a time as it is told, where steps come in bursts", () => {
  const out = output(true);
  let time = 0;
  const progress = createProgress(1000, out, () => time, { lookBack: Number.POSITIVE_INFINITY });
  progress.update(0);
  for (; time <= 60_000; time += 500) progress.update(time < 30_000 ? 0 : 300);
  assert.match(out.text().split("\r").at(-1)!, "step 300/1000  5.0 steps/s  2 min 20 s left");
});

test("a narrow terminal gets a line that doesn't wrap", () => {
  const out = output(true, 10);
  createProgress(1000, out).update(1);
  assert.is(out.text(), "\r\x1b[Kstep 1/10");
});

test("a terminal that says its width is 0 gets the whole line", () => {
  const out = output(true, 0);
  createProgress(1000, out).update(1);
  assert.is(out.text(), "\r\x1b[Kstep 1/1000");
});

test("in a pipe only the plain lines are written", () => {
  const out = output(false);
  const progress = createProgress(10, out);
  progress.update(5);
  progress.log("step 5");
  progress.done();
  assert.is(out.text(), "step 5\n");
});

test("long work with no lines of its own tells in a pipe each half minute how far it is and what is left", () => {
  const out = output(false);
  let time = 0;
  const progress = createSoloProgress(100, out, () => time);
  for (let step = 1; step <= 100; step++) {
    time += 1000;
    progress.update(step);
  }
  progress.done();
  assert.equal(out.text().split("\n"), [
    "step 30/100  1.0 steps/s  1 min 10 s left",
    "step 60/100  1.0 steps/s  40 s left",
    "step 90/100  1.0 steps/s  10 s left",
    "",
  ]);
});

test("work of few long steps shows from its start that it goes on, and from the first step what is left", () => {
  const out = output(true);
  let time = 0;
  const progress = createSoloProgress(10, out, () => time);
  assert.ok(out.text().endsWith("step 0/10"), out.text());
  time = 20_000;
  progress.update(1);
  assert.ok(out.text().endsWith("step 1/10  0.050 steps/s  3 min 00 s left"), out.text());
});

test("what was prepared before step 0 is told again does not count for what is left", () => {
  const out = output(false);
  let time = 0;
  const progress = createSoloProgress(10, out, () => time);
  time = 100_000;
  progress.update(0);
  time += 30_000;
  progress.update(3);
  assert.is(out.text(), "step 3/10  0.10 steps/s  1 min 10 s left\n");
});

test("each part of a judgement has its name, its steps and what is left of it", () => {
  for (const isTTY of [true, false]) {
    const out = output(isTTY);
    let time = 0;
    const { hear, done } = createJudgingProgress(out, () => time);
    hear("bins", 0, 4);
    time = 40_000;
    hear("bins", 2, 4);
    time = 60_000; // the last two weren't needed
    hear("draws", 0, 10);
    done();
    const told = out
      .text()
      .replaceAll("\x1b[K", "")
      .split(/[\r\n]/);
    assert.equal(
      told.filter((line) => line !== "" && !line.startsWith("step 0/")),
      ["judging: bins", "step 2/4  0.050 steps/s  40 s left", "judging: draws"],
    );
    if (isTTY) assert.ok(out.text().endsWith("step 0/10\r\x1b[K"));
  }
});

test("a stream that can't be written any more ends nothing, and of all but a closed pipe someone hears", () => {
  const out = output(false);
  const lost: string[] = [];
  outliveStream(out, (code) => lost.push(code));
  const [listener] = out.listeners;
  for (const code of ["EPIPE", "ENOSPC", "EIO"]) listener(Object.assign(new Error(code), { code }));
  assert.equal(lost, ["ENOSPC", "EIO"]);
});

test("durations read as people say them", () => {
  assert.equal([42.4, 185, 7_620].map(duration), ["42 s", "3 min 05 s", "2 h 07 min"]);
});

test.run();
