// Schedules: which share of its learning rate an optimiser uses at each step. The training loop asks before a step, and
// sets `learningRate`; a replay uses the new rate, too.

/** The part, from 0 to 1, at a step, counted from 0. */
export type Schedule = (step: number) => number;
/** The whole rate at every step. */
export const constant: Schedule = () => 1;

/** From 1 down to 0 over so many steps, and 0 from then on (Gulrajani et al. 2017, in the authors' program for images). */
export const linearDecay =
  (steps: number): Schedule =>
  (step) =>
    Math.max(0, 1 - step / steps);
