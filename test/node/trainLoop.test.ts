// The loop of a run against a disk and a GPU that fail: the newest good state is kept, and no more is said than is true.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import type { Checkpoint } from "../../src/node/checkpoint";
import { trainLoop } from "../../src/node/trainLoop";
import type { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallTrainer } from "../wgan/smallTrainer";

await device();

/** Runs a trainer of 8 steps, a checkpoint every 3; gives what was told and done. */
async function run(trainer: Trainer, write: (checkpoint: Checkpoint) => void) {
  Object.assign(trainer.config, { steps: 8, checkpointEvery: 3, logEvery: 1, sampleEvery: 0 });
  const done: string[] = [];
  const tell = (kind: string) => (line: string) => void done.push(`${kind}: ${line}`);
  const nothing = () => {};
  const error = await trainLoop({
    trainer,
    folder: {
      path: "run",
      losses: { append: nothing, sync: nothing },
      writeSample: () => "",
      writeCheckpoint: (checkpoint) => {
        write(checkpoint);
        done.push(`wrote ${checkpoint.step}`);
      },
      discard: () => void done.push("discarded"),
    },
    progress: {
      update: nothing,
      done: nothing,
      warn: tell("warning"),
      log: (line) => void (line.startsWith("step ") || done.push(`log: ${line}`)),
    },
    showing: { rows: nothing, picture: nothing, line: nothing, end: async () => {}, close: nothing },
    data: { count: 16, sha256: "" },
  }).then(
    () => undefined,
    (thrown) => thrown.message,
  );
  trainer.dispose();
  return { error, done };
}

/** Lets a method of the trainer throw from the given call on. */
function breaks(trainer: Trainer, method: "step" | "state", from: number): Trainer {
  const whole = trainer[method].bind(trainer) as () => never;
  let calls = 0;
  trainer[method] = () => {
    if (++calls >= from) throw new InputError("the GPU is gone.");
    return whole();
  };
  return trainer;
}

const full = (step: number) => new InputError(`step-${step}: can't be written (ENOSPC).`);

test("a checkpoint that the disk didn't take is tried again when the GPU fails", async () => {
  let refused = 0;
  const seen = await run(breaks(smallTrainer("toy"), "step", 6), ({ step }) => {
    if (refused++ === 0) throw full(step);
  });
  assert.equal(seen, {
    error: "the GPU is gone.",
    done: [
      "warning: step-3: can't be written (ENOSPC). The run goes on.",
      "wrote 3",
      "log: the state of step 3 is kept: --resume run goes on from there",
    ],
  });
});

test("a run that ends is not said to go on", async () => {
  const seen = await run(breaks(smallTrainer("toy"), "step", 6), ({ step }) => {
    throw full(step);
  });
  assert.equal(seen.done, [
    "warning: step-3: can't be written (ENOSPC). The run goes on.",
    "warning: step-3: can't be written (ENOSPC).",
  ]);
});

test("the last checkpoint is tried once, and why it can't be written is the run's error", async () => {
  const seen = await run(smallTrainer("toy"), ({ step }) => {
    if (step === 8) throw full(step);
  });
  assert.equal(seen, { error: "step-8: can't be written (ENOSPC).", done: ["wrote 3", "wrote 6"] });
});

test("of a run that fails before its first step nothing is left", async () => {
  for (const method of ["step", "state"] as const) {
    const seen = await run(breaks(smallTrainer("toy"), method, 1), () => {});
    assert.equal(seen, { error: "the GPU is gone.", done: ["discarded"] });
  }
});

test.run();
