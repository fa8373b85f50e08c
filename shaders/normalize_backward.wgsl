// uses: normalize_gradient
// dx = (g - mean of g - xhat * mean of (g * xhat)) / sqrt(variance + epsilon), with g = gamma * dy and the means
// over an (a, b)'s R numbers. `sums`, (A, B) twice, holds the two sums, of g or (P.weighed = 0: batch norm, where
// gamma is one number for all R) of dy.
@group(0) @binding(6) var<storage, read> sums: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dx_numbers: array<f32>;

struct Means { g: vec4f, gx: vec4f }

fn means_of(norm: Norm) -> Means {
  let weight = select(norm.gamma, vec4f(1.0), P.weighed == 1u) * P.inverse_r;
  return Means(sum_at(norm.statistic) * weight, sum_at(P.second + norm.statistic) * weight);
}

fn sum_at(i: u32) -> vec4f {
  if (VEC) { return sums[i]; }
  return vec4f(sums[i / 4][i % 4]);
}

fn backward(i: u32, norm: Norm, means: Means) -> vec4f {
  let xhat = normalized(i, norm);
  return (norm.gamma * gradient(i, norm, xhat) - means.g - xhat * means.gx) * norm.scale;
}

@compute @workgroup_size(WG)
fn fours(@builtin(global_invocation_id) id: vec3u) {
  let range = range_of(flat(id));
  var norm = norm_of(range.first);
  var means = means_of(norm);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); means = means_of(norm); }
    dx[i] = backward(i, norm, means);
  }
}

@compute @workgroup_size(WG)
fn numbers(@builtin(global_invocation_id) id: vec3u) {
  let range = range_of(flat(id));
  var norm = norm_of(range.first);
  var means = means_of(norm);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); means = means_of(norm); }
    dx_numbers[i] = backward(i, norm, means).x;
  }
}
