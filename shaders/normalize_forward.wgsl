// uses: normalize
// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, and leaky relu of that where SLOPE asks for it.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y_numbers: array<f32>;

fn forward(i: u32, norm: Norm) -> vec4f {
  let v = fma(norm.gamma, normalized(i, norm), norm.beta);
  if (SLOPE == 1.0) { return v; }
  return select(v, SLOPE * v, is_negative(v));
}

@compute @workgroup_size(WG)
fn fours(@builtin(global_invocation_id) id: vec3u) {
  let range = range_of(flat(id));
  var norm = norm_of(range.first);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); }
    y[i] = forward(i, norm);
  }
}

@compute @workgroup_size(WG)
fn numbers(@builtin(global_invocation_id) id: vec3u) {
  let range = range_of(flat(id));
  var norm = norm_of(range.first);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); }
    y_numbers[i] = forward(i, norm).x;
  }
}
