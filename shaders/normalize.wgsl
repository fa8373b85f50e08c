// uses: indexing
// Batch and layer normalisation after their statistics are known, forward and backward, elementwise.
// x is seen as (A, R, B) with a mean and variance for each (a, b), and gamma and beta repeat every C numbers:
// batch norm has A = 1, B = C = channels; layer norm has A = samples, B = 1, R = C = numbers a sample.
// A leaky relu behind it costs nothing here: SLOPE below 0, where 1 means none.
override SLOPE = 1.0;
override VEC: bool = false;  // B and C count vec4s; needs B > 1
override CHANNELS = 0u;      // batch norm: B = C as a constant, since dividing by a variable is slow on a CPU
struct Params {
  n: u32, rb: u32, b: u32, c: u32, epsilon: f32, inverse_r: f32,
  statistics: u32,                                    // A * B
  weighed: u32,                                       // backward: whether gamma is inside the sums
  view_a: u32, view_r: u32, view_b: u32, view_s: u32  // backward: over what the sums run
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> variance: array<vec4f>;
@group(0) @binding(3) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(4) var<storage, read> beta: array<vec4f>;
@group(1) @binding(0) var<uniform> P: Params;

struct Point { statistic: u32, affine: u32 }
fn point(i: u32) -> Point {
  // max, since a division by a constant 0 does not compile, not even where it never runs
  if (CHANNELS > 0) { let c = i % max(CHANNELS, 1u); return Point(c, c); }
  return Point((i / P.rb) * P.b + i % P.b, i % P.c);
}
fn inverse_deviation(v: vec4f) -> vec4f { return 1.0 / sqrt(v + P.epsilon); }
fn normalized(i: u32, s: u32) -> vec4f {
  if (VEC) { return (x[i] - mean[s]) * inverse_deviation(variance[s]); }
  return (vec4f(x[i / 4][i % 4]) - mean[s / 4][s % 4]) * inverse_deviation(vec4f(variance[s / 4][s % 4]));
}
fn gamma_at(c: u32) -> vec4f {
  if (VEC) { return gamma[c]; }
  return vec4f(gamma[c / 4][c % 4]);
}
fn beta_at(c: u32) -> vec4f {
  if (VEC) { return beta[c]; }
  return vec4f(beta[c / 4][c % 4]);
}
