// uses: parts, places, numbers
// Reduces the middle axis of x (A, R, B) to y (A, B), or to parts of it, (A, S, B), see parts.wgsl; a call with S = 1 ends
// it. With a weight for each row, a sum is a matrix times a vector; without, it also joins the parts of a split product,
// see gemm.wgsl. No atomics, and the order of summation is fixed.
struct Params {
  a: u32, r: u32, b: u32, runs: u32, lanes: u32, length: u32,
  scale: f32, biases: u32,    // y is the sum times scale, plus the biases, if there are any, in turn
  place: u32,                 // in y, of one more result: the sum of the weights; 0: there is none
  start: u32, add: u32,       // the first number of y; 1: on top of what y holds
  pitch: u32, columns: u32,   // numbers of a row of results, and so many of them are in y; 0: all are
}
override FOLD: bool = false;  // R counts vec4s, whose four numbers are reduced to one at the end
override JOIN: bool = false;  // a workgroup has all parts of a sum and joins them
override WEIGHTED: bool = false;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;
var<workgroup> sums: array<vec4f, WG>;

// Entry i of x, of row r, times the row's weight; `ones`: 1 instead of the entry.
fn term(i: u32, r: u32, ones: bool) -> vec4f {
  if (!WEIGHTED) { return load(i); }
  return select(load(i), vec4f(1.0), ones) * select(vec4f(weights[r / 4][r % 4]), weights[r], FOLD);
}

// Number by number: a write to one component of a vec4 in memory may write all four (WGSL; Metal does), and the others
// may be another thread's.
fn put(t: u32, v: vec4f, ones: bool) {
  let width = select(1u, 4u, VEC && !FOLD);
  for (var c = 0u; c < width; c++) {
    var i = width * t + c;
    if (P.pitch > 0) {
      let column = i % P.pitch;
      if (column >= P.columns) { break; }
      i = i / P.pitch * P.columns + column;
    }
    let to = select(P.start + i, P.place + c, ones);
    var value = v[c] * P.scale;
    if (P.biases > 0) { value += bias[i % P.biases]; }
    if (P.add > 0) { value += y[to]; }
    y[to] = value;
  }
}

@compute @workgroup_size(WG)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  let parts = select(1, P.runs * P.lanes, JOIN);
  let results = threads() / parts;
  let w = place_of(id, parts, results + u32(P.place > 0), P.b);
  let ones = w.t == results;
  let p = part(w.part);
  let step = p.step; let lanes = P.lanes;
  var i = p.i; var r = p.r; var left = select(0, p.count, w.takes);
  var total = vec4f(0.0);
  // Four a turn: software drivers pay for a turn and for each sum carried through it; a GPU has four loads under way.
  // A sum of its own for each 256 rows: what is added to a large sum loses its last digits.
  while (left >= 4) {
    var some = vec4f(0.0);
    for (let end = select(left % 4, left - 256, left > 256); left > end; left -= 4) {
      some += (term(i, r, ones) + term(i + step, r + lanes, ones))
        + (term(i + 2 * step, r + 2 * lanes, ones) + term(i + 3 * step, r + 3 * lanes, ones));
      i += 4 * step; r += 4 * lanes;
    }
    total += some;
  }
  for (; left > 0; left--) { total += term(i, r, ones); i += step; r += lanes; }
  if (JOIN) {
    sums[w.i] = total;
    workgroupBarrier();
    for (var s = 1u; w.joins && s < parts; s++) { total += sums[w.i + s * w.step]; }
  }
  if (FOLD) { total.x = (total.x + total.y) + (total.z + total.w); }
  if (w.joins) { put(w.t, total, ones); }
}

// The larger of two, or the smaller; the choice is a constant of the entry point.
fn better(least: bool, a: vec4f, b: vec4f) -> vec4f { return select(larger(a, b), smaller(a, b), least); }

// R must not be 0. A thread without rows takes another's first one.
fn best_of(least: bool, t: u32) {
  if (t >= threads()) { return; }
  let p = part(t);
  var i = p.i;
  var best = load(i);
  for (var left = p.count; left > 1; left--) { i += p.step; best = better(least, best, load(i)); }
  if (FOLD) { best = better(least, best, best.zwxy); best = better(least, best, best.yxwz); }
  put(t, best, false);
}

@compute @workgroup_size(WG) fn max_(@builtin(global_invocation_id) id: vec3u) { best_of(false, flat(id)); }
@compute @workgroup_size(WG) fn min_(@builtin(global_invocation_id) id: vec3u) { best_of(true, flat(id)); }
