// uses: normalize_gradient
// The sums of the backward pass: z = (Σ g, Σ g * normalised x) with g = dy, or gamma * dy when P.weighed.
// They run over the middle axis of a view (A, R, B) of its own: thread (a, s, b) takes r = s, s + S, …
// Summing over the samples gives the gradients of beta and gamma; over a sample's numbers, layer norm's means.
@group(0) @binding(6) var<storage, read_write> z: array<vec4f>;  // (2, A, S, B)

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  let outputs = P.view_a * P.view_s * P.view_b;
  if (t >= outputs) { return; }
  let b = t % P.view_b; let s = (t / P.view_b) % P.view_s; let a = t / (P.view_b * P.view_s);
  var g_sum = vec4f(0.0); var gx_sum = vec4f(0.0);
  for (var r = s; r < P.view_r; r += P.view_s) {
    let i = (a * P.view_r + r) * P.view_b + b;
    let at = point(i);
    let xhat = normalized(i, at.statistic);
    var g = gradient(i, at.affine, xhat);
    if (P.weighed == 1u) { g *= gamma_at(at.affine); }
    g_sum += g;
    gx_sum = fma(g, xhat, gx_sum);
  }
  if (VEC) { z[t] = g_sum; z[outputs + t] = gx_sum; }
  else { z[t / 4][t % 4] = g_sum.x; let o = outputs + t; z[o / 4][o % 4] = gx_sum.x; }
}
