// What a run's config.yaml holds: everything that was decided before the first step, so that it can be repeated.
// The schema is the definition; the type follows from it.
import * as v from "valibot";

const number = v.number("expected a number");
const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    number,
    v.safeInteger("expected a whole number"),
    v.minValue(least, `expected at least ${least}`),
    v.maxValue(most, `expected at most ${most}`),
  );
const count = whole(1);
const positive = v.pipe(number, v.finite("expected a finite number"), v.gtValue(0, "expected more than 0"));
const fraction = v.pipe(number, v.minValue(0, "expected at least 0"), v.ltValue(1, "expected less than 1"));
const word = v.pipe(v.string("expected text"), v.nonEmpty("expected text"));
const someOf = <T>(item: v.GenericSchema<T>) =>
  v.pipe(v.array(item, "expected a list"), v.nonEmpty("expected at least one"));
const oneOf = <const T extends string[]>(...names: T) =>
  v.picklist(names, `expected one of ${names.join(", ")}`);

/** An object with these keys and no others: a misspelt key must not pass for a missing one. */
const exactly = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, ({ expected }) =>
    expected === "never" ? "unknown key" : expected === "Object" ? "expected keys and values" : "missing",
  );

export const RunConfig = exactly({
  /** Version of monge that wrote it. */
  monge: word,
  preset: word,
  data: exactly({
    source: word,
    digits: v.union([v.literal("all"), someOf(whole(0, 9))], "expected all or a list of digits"),
    /** Images of those digits. */
    count,
  }),
  network: exactly({
    latent: count,
    /** Feature maps of the generator's hidden layers. */
    generatorChannels: count,
    /** Feature maps of the critic's hidden layers. */
    criticChannels: count,
    criticNorm: oneOf("batch", "layer", "none"),
    batchNorm: exactly({ epsilon: positive, momentum: positive }),
    /** Standard deviation of the normal that kernels are drawn from; "he" for √(2 / fan-in). */
    generatorInit: v.union([v.literal("he"), positive], "expected he or a number"),
    criticInit: v.union([v.literal("he"), positive], "expected he or a number"),
  }),
  objective: exactly({
    kind: oneOf("tutorial", "wgan", "wgan-gp"),
    /** Critic updates for each of the generator. */
    criticSteps: count,
    /** 100 critic updates for each of the first 25 generator updates, and at every 500th. */
    warmUp: v.boolean("expected true or false"),
    /** Bound on the critic's weights, null for none. */
    clip: v.nullable(positive),
    /** The penalty's weight (lambda), null for none. */
    gradientPenalty: v.nullable(positive),
  }),
  optimizer: v.variant(
    "kind",
    [
      exactly({ kind: v.literal("rmsprop"), form: oneOf("keras", "torch"), learningRate: positive }),
      exactly({ kind: v.literal("adam"), learningRate: positive, beta1: fraction, beta2: fraction }),
    ],
    "expected kind: rmsprop or kind: adam",
  ),
  steps: count,
  batch: count,
  seed: whole(0, 2 ** 32 - 1),
  /** Steps between sample images; 0 for those of the last step alone. */
  sampleEvery: whole(0),
  logEvery: count,
  /** Steps between checkpoints; 0 for that of the end alone. */
  checkpointEvery: v.optional(whole(0), 100),
  /** What computed it: the same seed gives the same bits only on the same three. */
  adapter: exactly({ name: word, driver: v.string(), kernels: word }),
});
export type RunConfig = v.InferOutput<typeof RunConfig>;

/** One thing that is wrong in a configuration: the keys that lead to it, and what was expected. */
export interface ConfigIssue {
  path: (string | number)[];
  message: string;
}

/** Holds a value against the schema: the configuration, or the first issue. */
export function checkConfig(value: unknown): { config: RunConfig } | { issue: ConfigIssue } {
  const result = v.safeParse(RunConfig, value);
  if (result.success) return { config: result.output };
  const [issue] = result.issues;
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  return { issue: { path, message: issue.message } };
}
