// uses: indexing
// Adds up the parts of a split sum in a fixed order, so that the result is the same in every run.
// parts (parts, stride) -> y (size), four numbers a thread.

struct Sizes { fours: u32, parts: u32, stride: u32, add: u32 }  // stride in vec4s; add 1: on top of what y holds
@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(0) var<uniform> p: Sizes;

@compute @workgroup_size(WG)
fn sum_parts(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.fours) { return; }
  var sum = select(vec4f(), y[i], p.add == 1);
  for (var part = 0u; part < p.parts; part++) { sum += parts[part * p.stride + i]; }
  y[i] = sum;
}
