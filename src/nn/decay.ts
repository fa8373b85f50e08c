// The check that decays, momenta, betas and the rate of dropout share.
// Each is a part of 1: either it is kept at each step, or the rest of 1 is divided by.

/** Throws unless a rate is in [0, 1) as the GPU has it: 1 divides by 0 or keeps nothing, and above it sums grow for ever. */
export function checkDecay(of: string, what: string, decay: number): void {
  if (Math.fround(decay) >= 0 && Math.fround(decay) < 1) return;
  throw new Error(`${of}: ${what} must be from 0 up to below 1, got ${decay}.`);
}
