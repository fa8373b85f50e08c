// uses: indexing
// A batch from a data set of bytes: y[i] = byte * scale + shift for the samples that `index` names.
struct Params { n: u32, width: u32, samples: u32, scale: f32, shift: f32 }  // to take, bytes of one, in the data
@group(0) @binding(0) var<storage, read> data: array<u32>;    // four bytes a word, lowest first
@group(0) @binding(1) var<storage, read> index: array<u32>;   // (n)
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // (n, width)
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n * P.width) { return; }
  // An index past the data reads its last sample: there is no way to throw from here.
  let at = min(index[i / P.width], P.samples - 1) * P.width + i % P.width;
  let byte = (data[at / 4] >> (8 * (at % 4))) & 0xffu;
  y[i] = fma(f32(byte), P.scale, P.shift);
}
