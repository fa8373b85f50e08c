// uses: indexing
// y at an index is x at that index plus `starts`, found by x's `strides`; `outside` where x has no such index. One kernel
// for transpose, slice and pad: they differ only in these numbers.
struct Params {
  n: u32, rank: u32, base: u32,
  outside: u32,              // the bits of what lies outside of x
  sizes: array<vec4u, 2>,    // of y
  starts: array<vec4i, 2>,   // where y's index 0 lies in x: > 0 slices, < 0 pads
  limits: array<vec4i, 2>,   // x's size along that axis
  strides: array<vec4u, 2>,  // x's stride
  steps: array<vec4i, 2>,    // places of y that a number of x takes, where x's numbers lie apart
}
@group(0) @binding(0) var<storage, read> x: array<u32>;  // bits: serves f32 and u32
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(16) var<uniform> P: Params;

fn bring(id: vec3u, apart: bool) {
  let i = flat(id);
  if (i >= P.n) { return; }
  var rest = i; var at = P.base; var inside = true;
  for (var d = P.rank; d > 0; d--) {
    let q = (d - 1) / 4; let r = (d - 1) % 4;
    var j = i32(rest % P.sizes[q][r]) + P.starts[q][r];
    if (apart) { inside = inside && j % P.steps[q][r] == 0; j /= P.steps[q][r]; }
    inside = inside && j >= 0 && j < P.limits[q][r];
    at += u32(j) * P.strides[q][r];
    rest /= P.sizes[q][r];
  }
  if (inside) { y[i] = x[at]; } else { y[i] = P.outside; }
}

@compute @workgroup_size(WG) fn together(@builtin(global_invocation_id) id: vec3u) { bring(id, false); }
@compute @workgroup_size(WG) fn apart(@builtin(global_invocation_id) id: vec3u) { bring(id, true); }
