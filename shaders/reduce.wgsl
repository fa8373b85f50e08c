// uses: parts, numbers
// Reduces the middle axis of x (A, R, B) to y (A, S, B), see parts.wgsl; a call with S = 1 ends it. No barrier and no
// atomics, and the order of summation is fixed.
struct Params { a: u32, r: u32, b: u32, runs: u32, lanes: u32, length: u32, scale: f32 }  // y is the sum times scale
@group(0) @binding(16) var<uniform> P: Params;
override FOLD: bool = false;  // R counts vec4s, whose four numbers are reduced to one at the end

@compute @workgroup_size(WG)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= threads()) { return; }
  let p = part(t);
  let step = p.step;
  var i = p.i; var left = p.count;
  var total = vec4f(0.0);
  // Four a turn: software drivers pay for a turn and for each sum carried through it; a GPU has four loads under way.
  // A sum of its own for each 256 rows: what is added to a large sum loses its last digits.
  while (left >= 4) {
    var some = vec4f(0.0);
    for (let end = select(left % 4, left - 256, left > 256); left > end; left -= 4) {
      some += (load(i) + load(i + step)) + (load(i + 2 * step) + load(i + 3 * step));
      i += 4 * step;
    }
    total += some;
  }
  for (; left > 0; left--) { total += load(i); i += step; }
  if (FOLD) { y[t] = ((total.x + total.y) + (total.z + total.w)) * P.scale; } else { store(t, total * P.scale); }
}

// The larger of two, or the smaller; the choice is a constant of the entry point.
fn better(least: bool, a: vec4f, b: vec4f) -> vec4f {
  if (least) { return smaller(a, b); }
  return larger(a, b);
}

// R must not be 0. A thread without rows takes another's first one.
fn best_of(least: bool, t: u32) {
  if (t >= threads()) { return; }
  let p = part(t);
  var i = p.i;
  var best = load(i);
  for (var left = p.count; left > 1; left--) { i += p.step; best = better(least, best, load(i)); }
  if (FOLD) {
    best = better(least, best, best.zwxy);
    y[t] = better(least, best, best.yxwz).x;
  } else { store(t, best); }
}

@compute @workgroup_size(WG) fn max_(@builtin(global_invocation_id) id: vec3u) { best_of(false, flat(id)); }
@compute @workgroup_size(WG) fn min_(@builtin(global_invocation_id) id: vec3u) { best_of(true, flat(id)); }
