// uses: indexing
// Adds up the parts of a split sum in a fixed order, so that the result is the same in every run.
// parts (parts, stride) -> y (size) from `start` on, four numbers a thread; then a bias by column, if there is one.

// fours, stride and start in vec4s; add 1: on top of what y holds; columns 0: no bias
struct Sizes { fours: u32, parts: u32, stride: u32, add: u32, start: u32, columns: u32, bias_step: u32 }
@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(0) var<uniform> p: Sizes;

@compute @workgroup_size(WG)
fn sum_parts(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.fours) { return; }
  var sum = select(vec4f(), y[p.start + i], p.add == 1);
  for (var part = 0u; part < p.parts; part++) { sum += parts[part * p.stride + i]; }
  if (p.columns > 0) {
    let at = (4 * i + vec4u(0, 1, 2, 3)) % p.columns * p.bias_step;
    sum += vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
  }
  y[p.start + i] = sum;
}
