// uses: normalize_gradient
// dx = (g - mean of g - xhat * mean of (g * xhat)) / sqrt(variance + epsilon), with g = gamma * dy and the means
// over an (a, b)'s R numbers. `sums` (2, A, B) holds the two sums, of g or (P.weighed = 0: batch norm, where
// gamma is one number for all R) of dy.
@group(0) @binding(6) var<storage, read> sums: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;

fn sum_at(i: u32) -> vec4f {
  if (VEC) { return sums[i]; }
  return vec4f(sums[i / 4][i % 4]);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let at = point(i); let s = at.statistic;
  let gamma = gamma_at(at.affine);
  var g_mean = sum_at(s) * P.inverse_r;
  var gx_mean = sum_at(P.statistics + s) * P.inverse_r;
  if (P.weighed == 0u) { g_mean *= gamma; gx_mean *= gamma; }
  var scale: vec4f;
  if (VEC) { scale = inverse_deviation(variance[s]); } else { scale = inverse_deviation(vec4f(variance[s / 4][s % 4])); }
  let xhat = normalized(i, s);
  let v = (gamma * gradient(i, at.affine, xhat) - g_mean - xhat * gx_mean) * scale;
  if (!VEC) { dx[i] = v.x; return; }
  dx[4 * i] = v.x; dx[4 * i + 1] = v.y; dx[4 * i + 2] = v.z; dx[4 * i + 3] = v.w;
}
