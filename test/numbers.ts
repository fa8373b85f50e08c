// What one driver makes of NaN, of infinities and of digits, as plain data that JSON can hold: collected in Node or in
// a browser, kept in docs/drivers, and laid side by side in docs/non-finite.md and docs/accuracy.md.
import { type Measured, measure } from "./autograd/accuracy";
import { observe, show } from "./autograd/nonFinite";

export interface Numbers {
  /** Heads the driver's column. */
  name: string;
  /** What the adapter says that it is. */
  adapter: string;
  /** What came out of each case of nonFiniteCases.ts. */
  nonFinite: Record<string, string>;
  accuracy: Measured[];
}

/** Points of each exponent and sign: the tests take fewer. */
const POINTS = 512;

/** Collects all that on the open device. */
export async function collect(name: string, adapter: string): Promise<Numbers> {
  const seen = (await observe()).map((each) => [keyOf(each), show(each.got)]);
  return { name, adapter, nonFinite: Object.fromEntries(seen), accuracy: await measure(POINTS) };
}

export const keyOf = ({ op, what }: { op: string; what: string }): string => `${op}: ${what}`;
