// uses: indexing, numbers
// Kernels without an input: fill with a number or with 0, 1, 2, …; clip in place.
struct Params { n: u32, p: f32, q: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG) fn fill(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { y[i] = P.p; }
}

@compute @workgroup_size(WG) fn count(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { y[i] = f32(i); }
}

@compute @workgroup_size(WG) fn clip(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { y[i] = held(vec4f(y[i]), P.p, P.q).x; }
}
