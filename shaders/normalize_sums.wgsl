// uses: normalize_gradient
// The sums of the backward pass: z = (Σ g, Σ g * normalised x) with g = dy, or gamma * dy when P.weighed.
// Summing over the samples gives the gradients of beta and gamma; over a sample's numbers, layer norm's means.
@group(0) @binding(6) var<storage, read_write> z: array<vec4f>;  // (2, A, S, B)
@group(0) @binding(6) var<storage, read_write> z_numbers: array<f32>;

struct Sums { g: vec4f, gx: vec4f }

fn sums_of(range: Range) -> Sums {
  var sums: Sums;
  var norm = norm_of(range.first);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); }
    let xhat = normalized(i, norm);
    var g = gradient(i, norm, xhat);
    if (P.weighed == 1u) { g *= norm.gamma; }
    sums.g += g;
    sums.gx = fma(g, xhat, sums.gx);
  }
  return sums;
}

@compute @workgroup_size(WG)
fn fours(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  let outputs = P.view_a * P.view_s * P.view_b;
  if (t >= outputs) { return; }
  let sums = sums_of(range_of(t));
  z[t] = sums.g;
  z[outputs + t] = sums.gx;
}

@compute @workgroup_size(WG)
fn numbers(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  let outputs = P.view_a * P.view_s * P.view_b;
  if (t >= outputs) { return; }
  let sums = sums_of(range_of(t));
  z_numbers[t] = sums.g.x;
  z_numbers[outputs + t] = sums.gx.x;
}
