// uses: normalize_gradient, places
// The sums of the backward pass: z = (Σ g, Σ g * normalised x) with g = dy, or gamma * dy when P.weighed.
// Summing over the samples gives the gradients of beta and gamma; over a sample's numbers, layer norm's means.
@group(0) @binding(6) var<storage, read_write> z: array<f32>;  // (A, B) of the one from 0 on, of the other from P.second
var<workgroup> sums_of_g: array<vec4f, WG>;
var<workgroup> sums_of_gx: array<vec4f, WG>;

struct Sums { g: vec4f, gx: vec4f }

fn sums_of(range: Range) -> Sums {
  var sums: Sums;
  var norm = norm_of(range.first);
  for (var i = range.first; i < range.end; i += range.step) {
    if (!PER_CHANNEL) { norm = norm_of(i); }
    let xhat = normalized(i, norm);
    var g = gradient(i, norm, xhat);
    if (P.weighed == 1u) { g *= norm.gamma; }
    sums.g += g;
    sums.gx = fma(g, xhat, sums.gx);
  }
  return sums;
}

// Each thread's sums of its part, and then, for one thread a result, the sums of all parts.
fn take(id: vec3u) -> Place {
  let w = place_of(id, P.view_s, P.view_a * P.view_b, P.view_b);
  if (w.takes) {
    let sums = sums_of(range_of(w.part));
    sums_of_g[w.i] = sums.g;
    sums_of_gx[w.i] = sums.gx;
  }
  return w;
}

fn joined(w: Place) -> Sums {
  var total: Sums;
  var i = w.i; var left = P.view_s; let step = w.step;
  while (left >= 4) {  // a sum of its own for each 64: see reduce.wgsl
    var some = Sums(vec4f(), vec4f());  // spelled out: lavapipe has `var some: Sums` begin at 0 once, and not each turn
    for (let end = select(left % 4, left - 64, left > 64); left > end; left -= 4) {
      some.g += (sums_of_g[i] + sums_of_g[i + step]) + (sums_of_g[i + 2 * step] + sums_of_g[i + 3 * step]);
      some.gx += (sums_of_gx[i] + sums_of_gx[i + step]) + (sums_of_gx[i + 2 * step] + sums_of_gx[i + 3 * step]);
      i += 4 * step;
    }
    total.g += some.g; total.gx += some.gx;
  }
  for (; left > 0; left--) { total.g += sums_of_g[i]; total.gx += sums_of_gx[i]; i += step; }
  return total;
}

@compute @workgroup_size(WG)
fn sums(@builtin(global_invocation_id) id: vec3u) {
  let w = take(id);
  workgroupBarrier();
  if (!w.joins) { return; }
  let sums = joined(w);
  let width = select(1u, 4u, VEC);
  for (var c = 0u; c < width; c++) {
    z[width * w.t + c] = sums.g[c];
    z[width * (P.second + w.t) + c] = sums.gx[c];
  }
}
