// uses: normalize
// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, and leaky relu of that where SLOPE asks for it.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let at = point(i);
  var v = fma(gamma_at(at.affine), normalized(i, at.statistic), beta_at(at.affine));
  if (SLOPE != 1.0) { v = select(v, SLOPE * v, v < vec4f(0.0)); }
  if (VEC) { y[i] = v; } else { y[i / 4][i % 4] = v.x; }
}
