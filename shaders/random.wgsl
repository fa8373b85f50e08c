// uses: threefry
// Random arrays: thread i makes numbers 2i and 2i + 1 from counter + i.
struct Params {
  n: u32, key0: u32, key1: u32, counter0: u32, counter1: u32, p: f32, q: f32,
  whole: u32,  // uniform: what numbers are multiplied by; integer: the bound, where 0 stands for 2^32
  last: f32,   // uniform: the largest number there may be
}
@group(0) @binding(0) var<storage, read_write> y: array<u32>;  // bits: serves f32 and u32
@group(0) @binding(16) var<uniform> P: Params;

fn words(i: u32) -> vec2u {
  let low = P.counter0 + i;
  return threefry(vec2u(P.key0, P.key1), vec2u(low, P.counter1 + u32(low < i)));
}

fn put(i: u32, v: vec2u) {
  if (2 * i < P.n) { y[2 * i] = v.x; }
  if (2 * i + 1 < P.n) { y[2 * i + 1] = v.y; }
}

// p + u * (q - p), with u in [0, 1) from the upper 24 bits: exact. The sum may round up to q, which is outside.
@compute @workgroup_size(WG)
fn uniform_(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let u = vec2f(words(i) >> vec2u(8)) * exp2(-24.0);
  put(i, bitcast<vec2u>(min(f32(P.whole) * (P.p + u * (P.q - P.p)), vec2f(P.last))));
}

// Cosine and sine of u turns, u in [0, 1). WGSL allows its own ones errors of 5e-4, and some drivers make them;
// these are Taylor's, after whole quarters of a turn are taken off exactly, good to 3e-8.
fn on_circle(u: f32) -> vec2f {
  let quarter = floor(4.0 * u + 0.5);
  let a = (u - 0.25 * quarter) * 6.283185307179586;
  let b = a * a;
  let c = 1.0 - b * (1.0 / 2 - b * (1.0 / 24 - b * (1.0 / 720 - b * (1.0 / 40320))));
  let s = a * (1.0 - b * (1.0 / 6 - b * (1.0 / 120 - b * (1.0 / 5040 - b * (1.0 / 362880)))));
  switch (u32(quarter) % 4) {
    case 0: { return vec2f(c, s); }
    case 1: { return vec2f(-s, c); }
    case 2: { return vec2f(-c, -s); }
    default: { return vec2f(s, -c); }
  }
}

// Box and Muller: mean p, deviation q. The radius draws from (0, 1], so its logarithm is finite.
@compute @workgroup_size(WG)
fn normal(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let w = words(i) >> vec2u(8);
  // max, since WGSL lets log be off by 5e-7 next to 1, and a root of less than 0 is NaN.
  let radius = sqrt(max(-2.0 * log(f32(w.x + 1) * exp2(-24.0)), 0.0));
  put(i, bitcast<vec2u>(P.p + P.q * radius * on_circle(f32(w.y) * exp2(-24.0))));
}

// Whole numbers below the bound: the upper half of word * bound, by 16-bit parts.
@compute @workgroup_size(WG)
fn integer(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (2 * i >= P.n) { return; }
  let w = words(i);
  if (P.whole == 0) { put(i, w); return; }
  let low = (w & vec2u(0xffff)) * (P.whole & 0xffff);
  let mid1 = (w >> vec2u(16)) * (P.whole & 0xffff) + (low >> vec2u(16));
  let mid2 = (w & vec2u(0xffff)) * (P.whole >> 16) + (mid1 & vec2u(0xffff));
  put(i, (w >> vec2u(16)) * (P.whole >> 16) + (mid1 >> vec2u(16)) + (mid2 >> vec2u(16)));
}
