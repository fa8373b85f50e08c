// uses: parts, numbers
// Mean and biased variance over the middle axis of x (A, R, B), in passes that never form E[x²] − E[x]².
// `whole`: where S is 1, a thread has it all. y is the means (A, B).
// `partial`: a thread sums its part, see parts.wgsl. y holds the means and squared deviations, (A, S, B, 2).
// `merge`: with that as x, joins the S parts of an (a, b) by Chan's formula for counts, means and squared deviations.
// y is the means (A, B).
// `…_moving` moves running averages of both as well, (A, B) each: keep * old + take * new.
struct Params {
  a: u32, r: u32, b: u32, runs: u32, lanes: u32, length: u32,
  keep: f32, take_mean: f32, take_variance: f32,
}
@group(0) @binding(16) var<uniform> P: Params;
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

fn put(t: u32, s: Statistics) {
  let width = select(1u, 4u, VEC);
  store(t, s.mean);
  for (var c = 0u; c < width; c++) { variance[width * t + c] = s.variance[c]; }
}

fn put_and_move(t: u32, s: Statistics) {
  let width = select(1u, 4u, VEC);
  put(t, s);
  for (var c = 0u; c < width; c++) {
    let i = width * t + c;
    running_mean[i] = P.keep * running_mean[i] + P.take_mean * s.mean[c];
    running_variance[i] = P.keep * running_variance[i] + P.take_variance * s.variance[c];
  }
}

fn of_whole(t: u32) -> Statistics {
  let m = moments_of(part(t));
  return Statistics(m.mean, m.deviation / f32(P.r));
}

@compute @workgroup_size(WG)
fn whole(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t < P.a * P.b) { put(t, of_whole(t)); }
}

@compute @workgroup_size(WG)
fn whole_moving(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t < P.a * P.b) { put_and_move(t, of_whole(t)); }
}

@compute @workgroup_size(WG)
fn partial(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= threads()) { return; }
  let m = moments_of(part(t));
  store(2 * t, m.mean);
  store(2 * t + 1, m.deviation);
}

fn merged(t: u32) -> Statistics {
  let a = t / P.b; let b = t - a * P.b;
  var n = 0.0; var mean = vec4f(0.0); var deviation = vec4f(0.0);
  var plain = vec4f(0.0);  // the mean where a part's is infinite: `mean` turns into NaN with the next part
  for (var run = 0u; run < P.runs; run++) {
    for (var lane = 0u; lane < P.lanes; lane++) {
      let i = 2 * (((a * P.runs + run) * P.lanes + lane) * P.b + b);
      let m = f32(count(run, lane));
      if (m == 0.0) { continue; }  // what stands there is another lane's first row
      let d = load(i) - mean;
      mean += d * (m / (n + m));
      plain += load(i) * (m / f32(P.r));
      deviation += load(i + 1) + d * d * (n * m / (n + m));
      n += m;
    }
  }
  return Statistics(select(plain, mean, is_finite(mean)), deviation / n);
}

@compute @workgroup_size(WG)
fn merge(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t < P.a * P.b) { put(t, merged(t)); }
}

@compute @workgroup_size(WG)
fn merge_moving(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t < P.a * P.b) { put_and_move(t, merged(t)); }
}
