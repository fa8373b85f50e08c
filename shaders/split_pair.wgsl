// uses: indexing
// Two halves of an array (2, N) as two arrays: a kernel, where a copy would end the compute pass.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> pair: array<f32>;
@group(0) @binding(1) var<storage, read_write> first: array<f32>;
@group(0) @binding(2) var<storage, read_write> second: array<f32>;
@group(0) @binding(8) var<uniform> P: Params;

@compute @workgroup_size(WG) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { first[i] = pair[i]; second[i] = pair[P.n + i]; }
}
