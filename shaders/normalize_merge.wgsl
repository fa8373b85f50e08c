// uses: indexing
// Ends the sums of a normalisation's gradient: joins their S parts, (2, S, N). The two sums are the gradients of beta and
// gamma, and side by side what normalize_backward.wgsl reads: copies of them would end the compute pass.
struct Params { n: u32, parts: u32 }
@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;  // (2, N)
@group(0) @binding(2) var<storage, read_write> dbeta: array<f32>;
@group(0) @binding(3) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG) fn merge(@builtin(global_invocation_id) id: vec3u) {
  let t = flat(id);
  if (t >= 2 * P.n) { return; }
  let pair = t / P.n; let n = t % P.n;
  var i = pair * P.parts * P.n + n; var left = P.parts; var total = 0.0;
  for (; left >= 4; left -= 4) {  // four loads under way, as in reduce.wgsl
    total += (z[i] + z[i + P.n]) + (z[i + 2 * P.n] + z[i + 3 * P.n]);
    i += 4 * P.n;
  }
  for (; left > 0; left--) { total += z[i]; i += P.n; }
  sums[t] = total;
  if (pair == 0) { dbeta[n] = total; } else { dgamma[n] = total; }
}
