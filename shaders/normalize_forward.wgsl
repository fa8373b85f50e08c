// uses: normalize
// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, and leaky relu of that where SLOPE asks for it.
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let at = point(i);
  var v = fma(gamma_at(at.affine), normalized(i, at.statistic), beta_at(at.affine));
  if (SLOPE != 1.0) { v = select(v, SLOPE * v, v < vec4f(0.0)); }
  // Number by number: a write to one component of a vec4 in memory may write all four (WGSL; Metal does).
  if (!VEC) { y[i] = v.x; return; }
  y[4 * i] = v.x; y[4 * i + 1] = v.y; y[4 * i + 2] = v.z; y[4 * i + 3] = v.w;
}
