// uses: indexing
// y[i] = x[where the index i, moved by `start` and weighed by `stride`, points], 0 where that is outside of x.
// One copy for transpose, slice and pad: they differ in the numbers alone.
struct Params {
  n: u32, rank: u32,
  sizes: array<vec4u, 2>,    // of y
  starts: array<vec4i, 2>,   // where y's index 0 lies in x: > 0 slices, < 0 pads
  limits: array<vec4i, 2>,   // x's size along that axis
  strides: array<vec4u, 2>,  // x's stride
}
@group(0) @binding(0) var<storage, read> x: array<u32>;  // bits: serves f32 and u32
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  var rest = i; var at = 0u; var inside = true;
  for (var d = P.rank; d > 0; d--) {
    let q = (d - 1) / 4; let r = (d - 1) % 4;
    let j = i32(rest % P.sizes[q][r]) + P.starts[q][r];
    inside = inside && j >= 0 && j < P.limits[q][r];
    at += u32(j) * P.strides[q][r];
    rest /= P.sizes[q][r];
  }
  if (inside) { y[i] = x[at]; } else { y[i] = 0u; }
}
