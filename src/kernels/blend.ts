// A running average in place.
import { type Block, launch } from "./block";

/** y = keep * y + take * x. */
export const blend = (x: Block, y: Block, keep: number, take: number): void =>
  launch("blend", "blend", [x], [y], { n: y.size, p: keep, q: take }, y.size);
