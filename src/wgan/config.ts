// What a run's config.yaml holds: everything that was decided before the first step, so that it can be repeated.
// The schema is the definition; the type follows from it.
import * as v from "valibot";

const number = v.number("expected a number");
const whole = (least: number, most: number) =>
  v.pipe(
    number,
    v.safeInteger("expected a whole number"),
    v.minValue(least, `expected at least ${least}`),
    v.maxValue(most, `expected at most ${most}`),
  );
const count = whole(1, 100_000_000);
/** Steps between two events; 0 for none but that of the last step. */
const interval = whole(0, 100_000_000);
const channels = whole(1, 4096);
const positive = v.pipe(
  number,
  v.finite("expected a finite number"),
  v.gtValue(0, "expected more than 0"),
  v.maxValue(1e30, "expected at most 1e30"),
);
const fraction = v.pipe(
  number,
  v.minValue(0, "expected at least 0"),
  v.check((value) => Math.fround(value) < 1, "expected less than 1"), // as the GPU has it
);
const share = v.pipe(number, v.gtValue(0, "expected more than 0"), v.maxValue(1, "expected at most 1"));
const word = v.pipe(v.string("expected text"), v.nonEmpty("expected text"));
const flag = v.boolean("expected true or false");
const someOf = <T>(item: v.GenericSchema<T>) =>
  v.pipe(v.array(item, "expected a list"), v.nonEmpty("expected at least one"));
const oneOf = <const T extends string[]>(...names: T) =>
  v.picklist(names, `expected one of ${names.join(", ")}`);

/** An object with these keys and no others: a misspelt key must not pass for a missing one. */
const exactly = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, ({ expected }) =>
    expected === "never" ? "unknown key" : expected === "Object" ? "expected keys and values" : "missing",
  );

const objective = {
  /** Critic updates for each of the generator. */
  criticSteps: whole(1, 10_000),
  /** More critic updates for the `first` generator updates and every so many later (0: not again), null for none. */
  warmUp: v.nullable(exactly({ criticSteps: whole(1, 10_000), first: interval, every: interval })),
};
/** Bound on the critic's weights. */
const clip = positive;

const optimizer = {
  learningRate: positive,
  /** What the rate does over the run's steps: stay, or fall to 0 along a line. */
  schedule: oneOf("constant", "linear"),
};

const initial = v.union([v.picklist(["he", "glorot"]), positive], "expected he, glorot or a number");

/** All that determines a run: its settings, its data and the machine. */
export const RunConfig = exactly({
  /** Version of monge that wrote it. */
  monge: word,
  preset: word,
  data: exactly({
    /** What --data named, null for the set that is found by itself. */
    path: v.nullable(word),
    classes: v.union(
      [v.literal("all"), someOf(v.union([whole(0, 65_535), word], "expected a class by number or name"))],
      "expected all or a list of classes",
    ),
    /** Rows and columns that images are cropped and scaled to, null to take them as they are. */
    size: v.nullable(whole(1, 4096)),
    /** Whether images lie in their file column by column, as EMNIST's do. */
    transposed: flag,
    /** What was found there. */
    source: word,
    /** Samples of those classes. */
    count,
    /** Of one sample: rows, columns and channels of an image, or 2 of a point. */
    shape: someOf(count),
    /** How many classes there are among them. */
    classCount: whole(0, 65_536),
    /** Of their bytes and classes; runs of old have none. */
    sha256: v.optional(word, "?"),
  }),
  network: exactly({
    /** Layers; see src/wgan/models.ts. */
    generator: oneOf("conv", "doubling", "kpandey", "mlp"),
    critic: oneOf("conv", "doubling", "kpandey", "mlp"),
    /** Numbers of a latent vector, and their standard deviation. */
    latent: whole(1, 65_536),
    latentDeviation: positive,
    /** Values of a pixel: signed from −1 to 1, unit from 0 to 1. */
    range: oneOf("signed", "unit"),
    /** Feature maps of the convolutional generator's hidden layers; doubling: of the largest. */
    generatorChannels: channels,
    /** Feature maps of the convolutional critic's hidden layers; doubling: of the largest. */
    criticChannels: channels,
    /** Units of each hidden layer of an mlp. */
    hidden: whole(1, 65_536),
    /** What stands behind each convolution; an mlp has none. */
    generatorNorm: oneOf("batch", "none"),
    criticNorm: oneOf("batch", "layer", "none"),
    /** scale: whether gamma is trained, or stays 1. */
    batchNorm: exactly({ epsilon: positive, momentum: share, scale: flag }),
    /** What kernels are drawn from: a normal of this deviation, He's normal or Glorot's uniform. */
    generatorInit: initial,
    criticInit: initial,
  }),
  /** Whether both networks are told the class. */
  conditional: flag,
  objective: v.variant(
    "kind",
    [
      exactly({ kind: v.literal("tutorial"), ...objective, clip }),
      exactly({ kind: v.literal("wgan"), ...objective, clip }),
      /** gradientPenalty: its weight (lambda). */
      exactly({ kind: v.literal("wgan-gp"), ...objective, gradientPenalty: positive }),
      exactly({ kind: v.literal("gan"), ...objective }),
    ],
    "expected one of tutorial, wgan, wgan-gp, gan",
  ),
  optimizer: v.variant(
    "kind",
    [
      exactly({
        kind: v.literal("rmsprop"),
        ...optimizer,
        form: oneOf("keras", "torch", "tensorflow1"),
      }),
      exactly({ kind: v.literal("adam"), ...optimizer, beta1: fraction, beta2: fraction }),
    ],
    "expected one of rmsprop, adam",
  ),
  /** Decay of the moving average of the generator that draws the samples, 0 for none. */
  ema: fraction,
  steps: count,
  batch: whole(1, 8192),
  seed: whole(0, 2 ** 32 - 1),
  /** Steps between sample images; 0 for those of the last step alone. */
  sampleEvery: interval,
  logEvery: count,
  /** Steps between checkpoints; 0 for that of the end alone. */
  checkpointEvery: interval,
  /** Steps between two looks at how good the samples are, by which the best checkpoint is kept; 0 for none. Runs of old have none. */
  evaluateEvery: v.optional(interval, 0),
  /** What computed it: the same seed gives the same bits only on the same three. */
  adapter: exactly({ name: word, driver: v.string("expected text"), kernels: word }),
});
/** All that determines a run: its settings, its data and the machine. */
export type RunConfig = v.InferOutput<typeof RunConfig>;

/** What determines the two networks. */
export type NetworkConfig = Pick<RunConfig, "network" | "conditional"> & {
  data: Pick<RunConfig["data"], "shape" | "classCount">;
};

/** One thing that is wrong in a configuration: the keys that lead to it, and what was expected. */
export interface ConfigIssue {
  path: (string | number)[];
  message: string;
}

/** Holds a value against the schema: the configuration, or the first issue, a key that is not known before all others. */
export function checkConfig(value: unknown): { config: RunConfig } | { issue: ConfigIssue } {
  const result = v.safeParse(RunConfig, value);
  if (result.success) return { config: result.output };
  const { issues } = result;
  const issue = issues.find(({ message }) => message === "unknown key") ?? issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  return { issue: { path, message: issue.message } };
}
