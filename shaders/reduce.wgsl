// uses: indexing
// Reduces the middle axis of x (A, R, B) to y (A, S, B): thread (a, s, b) takes r = s, s + S, s + 2S, …
// Neighbouring threads read neighbouring numbers, and a second call with S = 1 ends it: no barrier, no atomics,
// and the order of summation is fixed.
override VEC: bool = false;  // B counts vec4s
struct Params { a: u32, r: u32, b: u32, s: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> P: Params;

fn load(i: u32) -> vec4f {
  if (VEC) { return x[i]; }
  return vec4f(x[i / 4][i % 4]);
}

// Number by number: a write to one component of a vec4 in memory may write all four (WGSL; Metal does), and the others
// may be another thread's.
fn store(i: u32, v: vec4f) {
  if (!VEC) { y[i] = v.x; return; }
  y[4 * i] = v.x; y[4 * i + 1] = v.y; y[4 * i + 2] = v.z; y[4 * i + 3] = v.w;
}

@compute @workgroup_size(WG)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= P.a * P.s * P.b) { return; }
  let b = t % P.b; let s = (t / P.b) % P.s; let a = t / (P.b * P.s);
  var total = vec4f(0.0);
  for (var r = s; r < P.r; r += P.s) { total += load((a * P.r + r) * P.b + b); }
  store(t, total);
}

// The largest, or NaN if there is one: found by its bits, since comparisons with it are false. R must not be 0.
@compute @workgroup_size(WG)
fn max_(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= P.a * P.s * P.b) { return; }
  let b = t % P.b; let s = (t / P.b) % P.s; let a = t / (P.b * P.s);
  var best = load((a * P.r + s) * P.b + b);
  for (var r = s + P.s; r < P.r; r += P.s) {
    let v = load((a * P.r + r) * P.b + b);
    let is_nan = (bitcast<vec4u>(v) & vec4u(0x7fffffff)) > vec4u(0x7f800000);
    best = select(best, v, (v > best) | is_nan);
  }
  store(t, best);
}
