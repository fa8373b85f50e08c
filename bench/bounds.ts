/**
 * How far a side's results may be from monge's; training.ts says what the last two mean.
 *
 * What one update changed: a sum of 2048 products (4x4 by 128 channels) in f32 is off by u = √2048 · 2⁻²⁴ or less of its
 * size, so that share of the activations lies on one side of a relu's kink here and on the other there. Each of them has
 * another slope, 0.2 for 1, and the root mean square of a gradient moves by about √u. With four relus in a row, and two
 * sides that are off, that is √(2 · 4 · u) = 4.6e-3.
 */
export const most = { results: 1e-4, "results after the timing": 1e-4, losses: 1e-3, changes: 5e-3 };
