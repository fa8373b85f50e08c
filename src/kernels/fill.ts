// In place: fills an array with one number, or clips it to bounds.
import { type Block, launch } from "./block";

/** y = value everywhere. */
export const fill = (y: Block, value: number): void =>
  launch("fill", "fill", [], [y], { n: y.size, p: value, q: 0 }, y.size);

/** y = 0, 1, 2, … */
export const count = (y: Block): void => launch("fill", "count", [], [y], { n: y.size, p: 0, q: 0 }, y.size);

/** y = y held to [low, high], in place. */
export const clip = (y: Block, low: number, high: number): void =>
  launch("fill", "clip", [], [y], { n: y.size, p: low, q: high }, y.size);
