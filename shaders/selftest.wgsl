// Arithmetic with a known answer, tried when a device opens.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

struct Params { n: u32 }
@group(1) @binding(0) var<uniform> P: Params;

@compute @workgroup_size(64)
fn affine(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < P.n) { y[id.x] = 2.0 * x[id.x] + 1.0; }
}
