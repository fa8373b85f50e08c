// uses: indexing
// Copies x into y along an axis: runs of `run` numbers, which follow each other in x and are `pitch` apart in y.
struct Params { n: u32, run: u32, pitch: u32, at: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;  // bits: serves f32 and u32
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG) fn place(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { y[P.at + i / P.run * P.pitch + i % P.run] = x[i]; }
}
