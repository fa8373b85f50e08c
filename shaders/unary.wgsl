// uses: each
// y = f(x), one entry point an op, by vec4s. NaN goes in and comes out: no max or clamp on the way.
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

const NEG = 0u;
const EXP = 1u;
const LOG = 2u;
const SQRT = 3u;
const RSQRT = 4u;
const SQUARE = 5u;
const ABS = 6u;
const SIGN = 7u;
const TANH = 8u;
const SIGMOID = 9u;
const SOFTPLUS = 10u;
const GELU = 11u;
const RELU = 12u;
const LEAKY_RELU = 13u;
const POW = 14u;
const CLAMP = 15u;
const INSIDE = 16u;

fn f(op: u32, x: vec4f) -> vec4f {
  switch (op) {
    case NEG: { return -x; }
    case EXP: { return keep_nan(x, exp(x)); }
    case LOG: { return keep_nan(x, nan_below_0(x, log(x))); }
    case SQRT: { return keep_nan(x, nan_below_0(x, sqrt(x))); }
    case RSQRT: { return keep_nan(x, nan_below_0(x, inverseSqrt(x))); }
    case SQUARE: { return x * x; }
    case ABS: { return abs(x); }
    case SIGN: { return sign(x); }
    // Beyond 15 tanh is 1 in f32, and drivers that build it from exp overflow.
    case TANH: { return keep_nan(x, select(tanh(x), sign(x), abs(x) > vec4f(15.0))); }
    // exp(-|x|) never overflows, and the smaller of the two tails keeps its digits.
    case SIGMOID: {
      let z = exp(-abs(x));
      return keep_nan(x, select(vec4f(1.0), z, x < vec4f(0.0)) / (1.0 + z));
    }
    // log(1 + exp(x)) as max(x, 0) + log(1 + z) with z = exp(-|x|); the series keeps the digits of a small z.
    case SOFTPLUS: {
      let z = exp(-abs(x));
      let series = z * (1.0 - z * (0.5 - z * (1.0 / 3.0 - z * 0.25)));
      let tail = select(log(1.0 + z), series, z < vec4f(0.01));
      return keep_nan(x, select(x, vec4f(0.0), x < vec4f(0.0)) + tail);
    }
    // ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³): Hendrycks and Gimpel's approximation.
    case GELU: {
      let u = 0.7978845608 * x * (1.0 + 0.044715 * x * x);
      return keep_nan(x, 0.5 * x * (1.0 + select(tanh(u), sign(u), abs(u) > vec4f(15.0))));
    }
    case RELU: { return select(x, vec4f(0.0), x < vec4f(0.0)); }
    // p is the slope below 0.
    case LEAKY_RELU: { return select(x, P.p * x, x < vec4f(0.0)); }
    // x^p. q says what a negative base means: 0 for an even power, 1 for an odd one, 2 for a broken one (NaN).
    // pow(0, p) is undefined for p <= 0, so a negative power is a reciprocal and x^0 is 1.
    case POW: {
      let up = pow(abs(x), vec4f(abs(P.p)));
      let size = select(select(up, 1.0 / up, P.p < 0.0), vec4f(1.0), P.p == 0.0);
      let below = select(select(size, -size, P.q == 1.0), nan_below_0(x, size), P.q == 2.0);
      return keep_nan(x, select(size, below, x < vec4f(0.0)));
    }
    case CLAMP: {
      let high = select(x, vec4f(P.q), x > vec4f(P.q));
      return select(high, vec4f(P.p), x < vec4f(P.p));
    }
    // 1 where p <= x <= q, else 0: the derivative of clamp.
    default: { return select(vec4f(0.0), vec4f(1.0), (x >= vec4f(P.p)) & (x <= vec4f(P.q))); }
  }
}

fn put(op: u32, i: u32) { y[i] = f(op, x[i]); }

@compute @workgroup_size(WG) fn neg(@builtin(global_invocation_id) id: vec3u) { each(NEG, id); }
@compute @workgroup_size(WG) fn exp_(@builtin(global_invocation_id) id: vec3u) { each(EXP, id); }
@compute @workgroup_size(WG) fn log_(@builtin(global_invocation_id) id: vec3u) { each(LOG, id); }
@compute @workgroup_size(WG) fn sqrt_(@builtin(global_invocation_id) id: vec3u) { each(SQRT, id); }
@compute @workgroup_size(WG) fn rsqrt(@builtin(global_invocation_id) id: vec3u) { each(RSQRT, id); }
@compute @workgroup_size(WG) fn square(@builtin(global_invocation_id) id: vec3u) { each(SQUARE, id); }
@compute @workgroup_size(WG) fn abs_(@builtin(global_invocation_id) id: vec3u) { each(ABS, id); }
@compute @workgroup_size(WG) fn sign_(@builtin(global_invocation_id) id: vec3u) { each(SIGN, id); }
@compute @workgroup_size(WG) fn tanh_(@builtin(global_invocation_id) id: vec3u) { each(TANH, id); }
@compute @workgroup_size(WG) fn sigmoid(@builtin(global_invocation_id) id: vec3u) { each(SIGMOID, id); }
@compute @workgroup_size(WG) fn softplus(@builtin(global_invocation_id) id: vec3u) { each(SOFTPLUS, id); }
@compute @workgroup_size(WG) fn gelu(@builtin(global_invocation_id) id: vec3u) { each(GELU, id); }
@compute @workgroup_size(WG) fn relu(@builtin(global_invocation_id) id: vec3u) { each(RELU, id); }
@compute @workgroup_size(WG) fn leaky_relu(@builtin(global_invocation_id) id: vec3u) { each(LEAKY_RELU, id); }
@compute @workgroup_size(WG) fn pow_(@builtin(global_invocation_id) id: vec3u) { each(POW, id); }
@compute @workgroup_size(WG) fn clamp_(@builtin(global_invocation_id) id: vec3u) { each(CLAMP, id); }
@compute @workgroup_size(WG) fn inside(@builtin(global_invocation_id) id: vec3u) { each(INSIDE, id); }
