// uses: normalize
// What the two backward kernels share: dy, taken back through the leaky relu where there is one.
@group(0) @binding(5) var<storage, read> dy: array<vec4f>;

// The gradient of gamma * xhat + beta at i. Its sign, which the slope depends on, is made anew: cheaper than reading y.
fn gradient(i: u32, norm: Norm, xhat: vec4f) -> vec4f {
  var g: vec4f;
  if (VEC) { g = dy[i]; } else { g = vec4f(dy[i / 4][i % 4]); }
  if (SLOPE == 1.0) { return g; }
  let y = fma(norm.gamma, xhat, norm.beta);
  if (SLOPE == 0.0) { return select(vec4f(0.0), g, is_positive(y) | is_nan(y)); }
  return select(SLOPE * g, g, is_positive(y));
}
