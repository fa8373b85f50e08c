// The loop of a run against a disk and a GPU that fail: the newest good state is kept, and no more is said than is true.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tensor } from "../../src/autograd";
import { InputError } from "../../src/errors";
import type { Checkpoint } from "../../src/node/checkpoint";
import { signals } from "../../src/node/signals";
import { trainLoop } from "../../src/node/trainLoop";
import type { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallTrainer } from "../wgan/smallTrainer";
import { base } from "./training";

await device();

/** Runs a trainer of 8 steps, a checkpoint every 3; gives what was told and done. */
async function run(
  trainer: Trainer,
  write: (checkpoint: Checkpoint) => void,
  evaluation?: Parameters<typeof trainLoop>[0]["evaluation"],
  from?: Checkpoint,
) {
  Object.assign(trainer.config, { steps: 8, checkpointEvery: 3, logEvery: 1, sampleEvery: 0 });
  const done: string[] = [];
  const tell = (kind: string) => (line: string) => void done.push(`${kind}: ${line}`);
  const nothing = () => {};
  let ended: Awaited<ReturnType<typeof trainLoop>> | undefined;
  const error = await trainLoop({
    trainer,
    folder: {
      path: base,
      losses: { append: nothing, sync: nothing },
      writeSample: () => "",
      writeCheckpoint: (checkpoint) => {
        write(checkpoint);
        done.push(`wrote ${checkpoint.step}`);
      },
      writeBest: (checkpoint) => {
        write(checkpoint);
        done.push(`best ${checkpoint.step} ${JSON.stringify(checkpoint.figures)}`);
      },
      discard: () => void done.push("discarded"),
    },
    progress: {
      update: nothing,
      done: nothing,
      warn: tell("warning"),
      log: (line) => void (line.startsWith("step ") || done.push(`log: ${line}`)),
    },
    showing: {
      ...{ rows: nothing, picture: nothing, line: nothing, end: async () => {}, close: nothing },
      evaluation: ({ step }) => void done.push(`measured ${step}`),
    },
    data: { count: 16, sha256: "" },
    evaluation,
    from,
  }).then(
    (result) => {
      ended = result;
    },
    (thrown) => thrown.message,
  );
  trainer.dispose();
  return { error, done, ...(ended && { ended }) };
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
      `log: the state of step 3 is kept: --resume ${base} goes on from there`,
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

test("the best of what is measured is kept, and a worse one of later is not", async () => {
  const trainer = smallTrainer("toy");
  Object.assign(trainer.config, { evaluateEvery: 2 });
  const distances = [5, 7, 4, 4];
  let seen = "";
  const evaluator = {
    count: 6,
    figures: async (draw: (count: number) => Promise<Float32Array>) => {
      const [some, others] = [await draw(2), await draw(4)];
      assert.equal([some.length, others.length], [4, 8]);
      assert.not.equal(some, others.subarray(0, 4), "the next ones");
      seen = `${some},${others}`;
      return { distance: distances.shift()! };
    },
  };
  const { error, done } = await run(trainer, () => {}, { evaluator });
  assert.is(error, undefined);
  assert.equal(
    done.filter((line) => !line.startsWith("wrote")),
    [
      'best 2 {"distance":5}',
      "measured 2",
      "measured 4",
      'best 6 {"distance":4}',
      "measured 6",
      "measured 8",
    ],
  );
  // One that goes on knows what was best.
  const later = smallTrainer("toy");
  Object.assign(later.config, { evaluateEvery: 8 });
  const before = seen;
  distances.push(4.5);
  const best = { figures: { distance: 4 } } as unknown as Checkpoint;
  const again = await run(later, () => {}, { evaluator, best });
  assert.equal(
    again.done.filter((line) => !line.startsWith("wrote")),
    ["measured 8"],
  );
  assert.is(seen, before, "the same latent vectors of the same generator");
});

test("where the disk took no best checkpoint, the next one is tried", async () => {
  const trainer = smallTrainer("toy");
  Object.assign(trainer.config, { evaluateEvery: 2 });
  const distances = [5, 7, 6, 8];
  const evaluator = { count: 1, figures: async () => ({ distance: distances.shift()! }) };
  const write = ({ step, figures }: Checkpoint) => {
    if (figures && step === 2) throw full(step);
  };
  const { done } = await run(trainer, write, { evaluator });
  assert.equal(
    done.filter((line) => /^best|warning/.test(line)),
    [
      "warning: step-2: can't be written (ENOSPC). The run goes on.",
      'best 4 {"distance":7}',
      'best 6 {"distance":6}',
    ],
  );
});

test("a stop that is asked for during a look ends the run after that step, and the look is made when it goes on", async () => {
  const states: Checkpoint[] = [];
  const asked = Object.getOwnPropertyDescriptor(signals, "stopCode")!;
  const measured = async (from?: Checkpoint) => {
    const trainer = smallTrainer("toy");
    Object.assign(trainer.config, { evaluateEvery: 4, steps: 8 });
    if (from) trainer.loadState(from.state);
    const evaluator = {
      count: 4,
      async figures(draw: (count: number) => Promise<Float32Array>) {
        await draw(2);
        if (!from) Object.defineProperty(signals, "stopCode", { ...asked, get: () => 143 });
        return { distance: (await draw(2))[0] };
      },
    };
    return run(trainer, (checkpoint) => void states.push(checkpoint), { evaluator }, from);
  };
  try {
    const { error, done } = await measured();
    assert.is(error, undefined);
    assert.equal(done, ["wrote 3", "wrote 4"]);
  } finally {
    Object.defineProperty(signals, "stopCode", asked);
  }
  const { done } = await measured(states.at(-1));
  assert.equal(
    done.filter((line) => line.startsWith("measured")),
    ["measured 4", "measured 8"],
  );
});

test("a stop during the look behind the last step leaves a run that is not whole, until the look is made", async () => {
  const asked = Object.getOwnPropertyDescriptor(signals, "stopCode")!;
  const kept: Checkpoint[] = [];
  const measured = async (stops: boolean) => {
    const trainer = smallTrainer("toy");
    Object.assign(trainer.config, { evaluateEvery: 8, steps: 8 });
    const from = kept.at(-1);
    if (from) trainer.loadState(from.state);
    const figures = async (draw: (count: number) => Promise<Float32Array>) => {
      if (stops) Object.defineProperty(signals, "stopCode", { ...asked, get: () => 143 });
      return { distance: (await draw(2))[0] };
    };
    const evaluation = { evaluator: { count: 2, figures } };
    return run(trainer, (checkpoint) => void kept.push(checkpoint), evaluation, from).finally(() =>
      Object.defineProperty(signals, "stopCode", asked),
    );
  };
  const [first, second, third] = [await measured(true), await measured(true), await measured(false)];
  assert.equal([first.ended?.step, first.ended?.whole], [8, false]);
  assert.equal([second.ended?.step, second.ended?.whole], [8, false], "as one that goes on is stopped, too");
  assert.equal([third.ended?.step, third.ended?.whole], [8, true]);
  assert.ok(third.done.includes("measured 8"));
});

test("samples that are not finite end the run as losses do", async () => {
  const trainer = smallTrainer("toy");
  Object.assign(trainer.config, { evaluateEvery: 1 });
  trainer.sample = () => tensor(new Float32Array(4).fill(Number.NaN), [2, 2]);
  const evaluator = {
    count: 2,
    figures: async (draw: (n: number) => unknown) => assert.unreachable(`${await draw(2)}`) as never,
  };
  const { error } = await run(trainer, () => {}, { evaluator });
  assert.match(error, /^the samples are no longer finite after step 1: training diverged\. /);
});

test.run();
