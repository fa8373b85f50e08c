// uses: indexing, numbers
// Batch and layer normalisation after their statistics are known, forward and backward, elementwise.
// x is seen as (A, R, B) with a mean and variance for each (a, b), and gamma and beta repeat every C numbers:
// batch norm has A = 1, B = C = channels; layer norm has A = samples, B = 1, R = C = numbers a sample.
// A leaky relu behind it costs nothing here: SLOPE below 0, where 1 means none.
override SLOPE = 1.0;
override VEC: bool = false;          // B and C count vec4s; needs B > 1
override PER_CHANNEL: bool = false;  // batch norm: all numbers of a thread have the same mean, variance, gamma and beta
struct Params {
  r: u32, b: u32, c: u32, epsilon: f32, inverse_r: f32,
  second: u32,                                        // backward: where the second sums begin
  weighed: u32,                                       // backward: whether gamma is inside the sums
  // Thread (a, s, b) of a view (A, R, B) takes r = s, s + S, …; the sums of layer norm run over a view of their own.
  view_a: u32, view_r: u32, view_b: u32, view_s: u32,
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> variance: array<vec4f>;
@group(0) @binding(3) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(4) var<storage, read> beta: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

// A thread's numbers: from `first` to before `end`, `step` apart.
struct Range { t: u32, first: u32, end: u32, step: u32 }

fn range_of(t: u32) -> Range {
  let b = t % P.view_b; let s = (t / P.view_b) % P.view_s; let a = t / (P.view_b * P.view_s);
  if (a >= P.view_a) { return Range(t, 0, 0, 1); }
  return Range(t, (a * P.view_r + s) * P.view_b + b, (a + 1) * P.view_r * P.view_b, P.view_s * P.view_b);
}

// What number i is normalised by.
struct Norm { statistic: u32, mean: vec4f, scale: vec4f, gamma: vec4f, beta: vec4f }

fn norm_of(i: u32) -> Norm {
  let s = i / (P.r * P.b) * P.b + i % P.b;
  let c = i % P.c;
  if (VEC) { return Norm(s, mean[s], inverse_deviation(variance[s]), gamma[c], beta[c]); }
  return Norm(s, vec4f(mean[s / 4][s % 4]), inverse_deviation(vec4f(variance[s / 4][s % 4])),
              vec4f(gamma[c / 4][c % 4]), vec4f(beta[c / 4][c % 4]));
}

fn inverse_deviation(v: vec4f) -> vec4f { return 1.0 / sqrt(v + P.epsilon); }

fn normalized(i: u32, norm: Norm) -> vec4f {
  if (VEC) { return (x[i] - norm.mean) * norm.scale; }
  return (vec4f(x[i / 4][i % 4]) - norm.mean) * norm.scale;
}
