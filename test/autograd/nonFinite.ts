// Runs the cases of nonFiniteCases.ts on whatever device is open, in Node or elsewhere, and says what came out as plain
// data: for the tests, and for the table in docs/non-finite.md.
import { grad, requireGrad, sum, type Tensor, tensor } from "../../src/autograd";
import { nonFinite } from "./nonFiniteCases";

/** Numbers in one axis, or with a shape. Uint32Array: labels, indices, bytes. */
export type Values = readonly number[] | Uint32Array | { shape: readonly number[]; of: readonly number[] };

export interface NonFinite {
  /** As it stands in the table. */
  name: string;
  inputs: readonly Values[];
  f: (...xs: Tensor[]) => Tensor;
  /** What is right. */
  y: readonly number[];
  /** The derivatives of Σ y by the inputs; undefined for one that has none, or for all. */
  d?: readonly (readonly number[] | undefined)[];
}

/** What a driver gave, and what it should have. */
export interface Observation {
  op: string;
  what: string;
  right: number[];
  got: number[];
}

export async function observe(): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const [op, items] of Object.entries(nonFinite)) {
    for (const { name, inputs, f, y, d } of items) {
      const see = async (what: string, right: readonly number[], from: Tensor) => {
        observations.push({ op, what, right: [...right], got: [...(await from.data())] });
      };
      await see(name, y, f(...inputs.map(toTensor)));
      if (!d) continue;
      const asked = d.map((wanted, i) => ({ wanted, i })).filter(({ wanted }) => wanted);
      const xs = inputs.map(toTensor);
      const by = asked.map(({ i }) => requireGrad(xs[i]));
      const gradients = grad(sum(f(...xs)), by);
      for (const [k, { wanted, i }] of asked.entries()) {
        const which = asked.length > 1 ? ` by the ${["first", "second", "third"][i]}` : "";
        await see(`${name}, derivative${which}`, wanted!, gradients[k]);
      }
    }
  }
  return observations;
}

function toTensor(values: Values): Tensor {
  if (values instanceof Uint32Array) return tensor(values);
  if ("shape" in values) return tensor(values.of, values.shape);
  return tensor(values);
}

/** Whether each number is right: NaN where it should be, the same infinity, else to 2e-5 of its size. */
export const isRight = ({ right, got }: Observation): boolean =>
  got.length === right.length &&
  right.every((v, i) => Object.is(got[i], v) || Math.abs(got[i] - v) <= 2e-5 * Math.abs(v));

export const show = (values: readonly number[]): string => values.map(showNumber).join(", ") || "nothing";

function showNumber(v: number): string {
  if (Number.isNaN(v)) return "NaN";
  if (!Number.isFinite(v)) return v > 0 ? "∞" : "-∞";
  return String(Number(v.toPrecision(4)));
}
