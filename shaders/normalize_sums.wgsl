// uses: normalize_gradient
// The sums of the backward pass: z = (Σ g, Σ g * normalised x) with g = dy, or gamma * dy when P.weighed.
// They run over the middle axis of a view (A, R, B) of its own: thread (a, s, b) takes r = s, s + S, …
// Summing over the samples gives the gradients of beta and gamma; over a sample's numbers, layer norm's means.
@group(0) @binding(6) var<storage, read_write> z: array<f32>;  // (2, A, S, B)

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
  store(t, g_sum);
  store(outputs + t, gx_sum);
}

fn store(i: u32, v: vec4f) {
  if (!VEC) { z[i] = v.x; return; }
  z[4 * i] = v.x; z[4 * i + 1] = v.y; z[4 * i + 2] = v.z; z[4 * i + 3] = v.w;
}
