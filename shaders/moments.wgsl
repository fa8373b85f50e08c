// uses: indexing
// Mean and biased variance over the middle axis of x (A, R, B), in two passes that never form E[x²] − E[x]².
// `partial`: thread (a, s, b) sums r = s, s + S, … shifted by its first number, so nothing cancels.
// `merge`: joins the S partial results of an (a, b) by Chan's formula for counts, means and squared deviations.
override VEC: bool = false;  // B counts vec4s
struct Params { a: u32, r: u32, b: u32, s: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;        // (A, R, B), or the partial sums (A, S, B, 2)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (A, S, B, 2), or the mean (A, B)
@group(0) @binding(2) var<storage, read_write> variance: array<f32>;  // (A, B)
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

// How many r a part s takes.
fn count(s: u32) -> f32 { return f32((P.r - s + P.s - 1) / P.s); }

@compute @workgroup_size(WG)
fn partial(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= P.a * P.s * P.b) { return; }
  let b = t % P.b; let s = (t / P.b) % P.s; let a = t / (P.b * P.s);
  let shift = load((a * P.r + s) * P.b + b);
  var sum = vec4f(0.0); var squares = vec4f(0.0);
  for (var r = s + P.s; r < P.r; r += P.s) {
    let d = load((a * P.r + r) * P.b + b) - shift;
    sum += d;
    squares = fma(d, d, squares);
  }
  let n = count(s);
  store(2 * t, shift + sum / n);
  store(2 * t + 1, max(squares - sum * sum / n, vec4f(0.0)));
}

@compute @workgroup_size(WG)
fn merge(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= P.a * P.b) { return; }
  let b = t % P.b; let a = t / P.b;
  var n = 0.0; var mean = vec4f(0.0); var deviation = vec4f(0.0);
  for (var s = 0u; s < P.s; s++) {
    let i = 2 * ((a * P.s + s) * P.b + b);
    let m = count(s);
    let d = load(i) - mean;
    mean += d * (m / (n + m));
    deviation += load(i + 1) + d * d * (n * m / (n + m));
    n += m;
  }
  store(t, mean);
  let v = deviation / n;
  if (!VEC) { variance[t] = v.x; return; }
  variance[4 * t] = v.x; variance[4 * t + 1] = v.y; variance[4 * t + 2] = v.z; variance[4 * t + 3] = v.w;
}
