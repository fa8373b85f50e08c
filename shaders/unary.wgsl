// uses: elements
// y = f(x), one entry point an op, four numbers a turn. NaN goes in and comes out: no max or clamp on the way.
struct Params { n4: u32, turns: u32, p: f32, q: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(0) var<uniform> P: Params;

// WGSL lets a driver's exp or log lose a NaN, and some do; and `v != v` does not find one. The bits tell.
fn keep_nan(v: vec4f, y: vec4f) -> vec4f {
  return select(y, v, (bitcast<vec4u>(v) & vec4u(0x7fffffff)) > vec4u(0x7f800000));
}

// Where v < 0: NaN. It is made of a uniform, since as a constant it would not compile.
fn nan_below_0(v: vec4f, y: vec4f) -> vec4f {
  return select(y, vec4f(bitcast<f32>(0x7fc00000u | (P.n4 & 0u))), v < vec4f(0.0));
}

fn mine(id: vec3u) -> Share { return share(id, P.n4, P.turns); }

@compute @workgroup_size(WG) fn neg(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id); for (var i = s.i; i < s.end; i += STEP) { y[i] = -x[i]; }
}

@compute @workgroup_size(WG) fn exp_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id); for (var i = s.i; i < s.end; i += STEP) { y[i] = keep_nan(x[i], exp(x[i])); }
}

@compute @workgroup_size(WG) fn log_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) { y[i] = keep_nan(x[i], nan_below_0(x[i], log(x[i]))); }
}

@compute @workgroup_size(WG) fn sqrt_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) { y[i] = keep_nan(x[i], nan_below_0(x[i], sqrt(x[i]))); }
}

@compute @workgroup_size(WG) fn rsqrt(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) { y[i] = keep_nan(x[i], nan_below_0(x[i], inverseSqrt(x[i]))); }
}

@compute @workgroup_size(WG) fn square(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id); for (var i = s.i; i < s.end; i += STEP) { y[i] = x[i] * x[i]; }
}

@compute @workgroup_size(WG) fn abs_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id); for (var i = s.i; i < s.end; i += STEP) { y[i] = abs(x[i]); }
}

@compute @workgroup_size(WG) fn sign_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id); for (var i = s.i; i < s.end; i += STEP) { y[i] = sign(x[i]); }
}

// Beyond 15 tanh is 1 in f32, and drivers that build it from exp overflow.
@compute @workgroup_size(WG) fn tanh_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    y[i] = keep_nan(x[i], select(tanh(x[i]), sign(x[i]), abs(x[i]) > vec4f(15.0)));
  }
}

// exp(-|x|) never overflows, and the smaller of the two tails keeps its digits.
@compute @workgroup_size(WG) fn sigmoid(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let z = exp(-abs(x[i]));
    y[i] = keep_nan(x[i], select(vec4f(1.0), z, x[i] < vec4f(0.0)) / (1.0 + z));
  }
}

// log(1 + exp(x)) as max(x, 0) + log(1 + z) with z = exp(-|x|); the series keeps the digits of a small z.
@compute @workgroup_size(WG) fn softplus(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let z = exp(-abs(x[i]));
    let series = z * (1.0 - z * (0.5 - z * (1.0 / 3.0 - z * 0.25)));
    let tail = select(log(1.0 + z), series, z < vec4f(0.01));
    y[i] = keep_nan(x[i], select(x[i], vec4f(0.0), x[i] < vec4f(0.0)) + tail);
  }
}

// ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³): Hendrycks and Gimpel's approximation.
@compute @workgroup_size(WG) fn gelu(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let u = 0.7978845608 * x[i] * (1.0 + 0.044715 * x[i] * x[i]);
    y[i] = keep_nan(x[i], 0.5 * x[i] * (1.0 + select(tanh(u), sign(u), abs(u) > vec4f(15.0))));
  }
}

@compute @workgroup_size(WG) fn relu(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) { y[i] = select(x[i], vec4f(0.0), x[i] < vec4f(0.0)); }
}

// p is the slope below 0.
@compute @workgroup_size(WG) fn leaky_relu(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) { y[i] = select(x[i], P.p * x[i], x[i] < vec4f(0.0)); }
}

// x^p. q says what a negative base means: 0 for an even power, 1 for an odd one, 2 for a broken one (NaN).
// pow(0, p) is undefined for p <= 0, so a negative power is a reciprocal and x^0 is 1.
@compute @workgroup_size(WG) fn pow_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let up = pow(abs(x[i]), vec4f(abs(P.p)));
    let size = select(select(up, 1.0 / up, P.p < 0.0), vec4f(1.0), P.p == 0.0);
    let below = select(select(size, -size, P.q == 1.0), nan_below_0(x[i], size), P.q == 2.0);
    y[i] = keep_nan(x[i], select(size, below, x[i] < vec4f(0.0)));
  }
}

@compute @workgroup_size(WG) fn clamp_(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let high = select(x[i], vec4f(P.q), x[i] > vec4f(P.q));
    y[i] = select(high, vec4f(P.p), x[i] < vec4f(P.p));
  }
}

// 1 where p <= x <= q, else 0: the derivative of clamp.
@compute @workgroup_size(WG) fn inside(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    y[i] = select(vec4f(0.0), vec4f(1.0), (x[i] >= vec4f(P.p)) & (x[i] <= vec4f(P.q)));
  }
}
