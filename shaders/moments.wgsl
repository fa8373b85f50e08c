// uses: parts, places, numbers
// Mean and biased variance over the middle axis of x (A, R, B), in a way that never forms E[x²] − E[x]².
// A thread takes one of the S parts of an (a, b), see parts.wgsl, and one joins them: see places.wgsl. y is the means (A, B).
// `moving` moves running averages of both as well, (A, B) each: keep * old + take * new.
struct Params {
  a: u32, r: u32, b: u32, runs: u32, lanes: u32, length: u32,
  keep: f32, take_mean: f32, take_variance: f32,
}
@group(0) @binding(16) var<uniform> P: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> variance: array<f32>;  // (A, B)
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>;

struct Moments { mean: vec4f, deviation: vec4f }
struct Statistics { mean: vec4f, variance: vec4f }

// The mean of a part and the sum of its squared deviations, shifted by its first number, so nothing cancels.
fn moments_of(p: Part) -> Moments {
  let step = p.step;
  let first = load(p.i);
  let shift = select(vec4f(0.0), first, is_finite(first));  // less itself, infinity would be NaN
  let n = max(p.count, 1u);
  var i = p.i + step; var left = n - 1;
  var sum = first - shift; var squares = sum * sum;
  // Four a turn, as in reduce.wgsl.
  for (; left >= 4; left -= 4) {
    let d0 = load(i) - shift; let d1 = load(i + step) - shift;
    let d2 = load(i + 2 * step) - shift; let d3 = load(i + 3 * step) - shift;
    sum += (d0 + d1) + (d2 + d3);
    squares += fma(d0, d0, d1 * d1) + fma(d2, d2, d3 * d3);
    i += 4 * step;
  }
  for (; left > 0; left--) {
    let d = load(i) - shift;
    sum += d;
    squares = fma(d, d, squares);
    i += step;
  }
  return Moments(shift + sum / f32(n), larger(squares - sum * sum / f32(n), vec4f(0.0)));
}

var<workgroup> means: array<vec4f, WG>;
var<workgroup> deviations: array<vec4f, WG>;

fn take(id: vec3u) -> Place {
  let w = place_of(id, P.runs * P.lanes, P.a * P.b, P.b);
  if (w.takes) {
    let m = moments_of(part(w.part));
    means[w.i] = m.mean;
    deviations[w.i] = m.deviation;
  }
  return w;
}

// Chan's formula for counts, means and squared deviations.
fn joined(w: Place) -> Statistics {
  var n = f32(count(0, 0)); var mean = means[w.i]; var deviation = deviations[w.i];
  var plain = mean * (n / f32(P.r));  // the mean where a part's is infinite: `mean` turns into NaN with the next part
  for (var s = 1u; s < P.runs * P.lanes; s++) {
    let i = w.i + s * w.step;
    let m = f32(count(s / P.lanes, s % P.lanes));
    if (m == 0.0) { continue; }  // what stands there is another lane's first row
    let d = means[i] - mean;
    mean += d * (m / (n + m));
    plain += means[i] * (m / f32(P.r));
    deviation += deviations[i] + d * d * (n * m / (n + m));
    n += m;
  }
  return Statistics(select(plain, mean, is_finite(mean)), deviation / n);
}

fn put(t: u32, s: Statistics) {
  let width = select(1u, 4u, VEC);
  for (var c = 0u; c < width; c++) {
    y[width * t + c] = s.mean[c];
    variance[width * t + c] = s.variance[c];
  }
}

@compute @workgroup_size(WG)
fn still(@builtin(global_invocation_id) id: vec3u) {
  let w = take(id);
  workgroupBarrier();
  if (w.joins) { put(w.t, joined(w)); }
}

@compute @workgroup_size(WG)
fn moving(@builtin(global_invocation_id) id: vec3u) {
  let w = take(id);
  workgroupBarrier();
  if (!w.joins) { return; }
  let s = joined(w);
  put(w.t, s);
  let width = select(1u, 4u, VEC);
  for (var c = 0u; c < width; c++) {
    let i = width * w.t + c;
    running_mean[i] = P.keep * running_mean[i] + P.take_mean * s.mean[c];
    running_variance[i] = P.keep * running_variance[i] + P.take_variance * s.variance[c];
  }
}
