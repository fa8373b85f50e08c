// uses: threefry
// Random arrays: thread i makes numbers 2i and 2i + 1 from counter + i.
struct Params { n: u32, key0: u32, key1: u32, counter0: u32, counter1: u32, p: f32, q: f32, bound: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<u32>;  // bits: serves f32 and u32
@group(1) @binding(0) var<uniform> P: Params;

fn words(i: u32) -> vec2u {
  let low = P.counter0 + i;
  return threefry(vec2u(P.key0, P.key1), vec2u(low, P.counter1 + u32(low < i)));
}

fn put(i: u32, v: vec2u) {
  if (2 * i < P.n) { y[2 * i] = v.x; }
  if (2 * i + 1 < P.n) { y[2 * i + 1] = v.y; }
}

// p + u * (q - p), with u in [0, 1) from the upper 24 bits: exact.
@compute @workgroup_size(WG)
fn uniform_(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let u = vec2f(words(i) >> vec2u(8)) * exp2(-24.0);
  put(i, bitcast<vec2u>(P.p + u * (P.q - P.p)));
}

// Box and Muller: mean p, deviation q. The radius draws from (0, 1], so its logarithm is finite.
@compute @workgroup_size(WG)
fn normal(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let w = words(i) >> vec2u(8);
  let radius = sqrt(-2.0 * log(f32(w.x + 1) * exp2(-24.0)));
  let angle = 6.283185307179586 * f32(w.y) * exp2(-24.0);
  put(i, bitcast<vec2u>(P.p + P.q * radius * vec2f(cos(angle), sin(angle))));
}

// Whole numbers below `bound`: the upper half of word * bound, by 16-bit parts.
@compute @workgroup_size(WG)
fn integer(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let w = words(i);
  let low = (w & vec2u(0xffff)) * (P.bound & 0xffff);
  let mid1 = (w >> vec2u(16)) * (P.bound & 0xffff) + (low >> vec2u(16));
  let mid2 = (w & vec2u(0xffff)) * (P.bound >> 16) + (mid1 & vec2u(0xffff));
  put(i, (w >> vec2u(16)) * (P.bound >> 16) + (mid1 >> vec2u(16)) + (mid2 >> vec2u(16)));
}
