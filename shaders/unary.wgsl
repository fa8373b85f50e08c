// uses: each, math
// y = f(x), one entry point an op, by vec4s. NaN goes in and comes out, but for x^0, which is 1.
struct Params { n4: u32, turns: u32, p: f32, q: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

const NEG = 0u; const EXP = 1u; const LOG = 2u; const SQRT = 3u; const RSQRT = 4u; const SQUARE = 5u; const ABS = 6u;
const SIGN = 7u; const TANH = 8u; const SIGMOID = 9u; const SOFTPLUS = 10u; const GELU = 11u; const RELU = 12u;
const LEAKY_RELU = 13u; const POW = 14u; const CLAMP = 15u; const INSIDE = 16u; const SILU = 17u; const FLOOR = 18u;
const SIN = 19u; const COS = 20u;

fn f(op: u32, x: vec4f) -> vec4f {
  switch (op) {
    case NEG: { return -x; }
    case EXP: { return exp_of(x); }
    case LOG: { return log_of(x); }
    case SQRT: { return sqrt_of(x); }
    case RSQRT: { return rsqrt_of(x); }
    case SQUARE: { return x * x; }
    case ABS: { return abs(x); }
    case SIGN: { return select(select(x, vec4f(1.0), is_positive(x)), vec4f(-1.0), is_negative(x)); }
    case TANH: { return tanh_of(x); }
    case SIGMOID: { return sigmoid_of(x); }
    // log(1 + exp(x)), without overflow.
    case SOFTPLUS: { return select(x, vec4f(0.0), is_negative(x)) + log1p_of(exp_of(-abs(x))); }
    case GELU: { return gelu_of(x); }
    case SILU: { return silu_of(x); }
    case FLOOR: { return keep_nan(x, floor(x)); }
    case SIN: { return sin_of(x, 0); }
    case COS: { return sin_of(x, 1); }
    case RELU: { return select(x, vec4f(0.0), is_negative(x)); }
    // p is the slope below 0.
    case LEAKY_RELU: { return select(x, P.p * x, x < vec4f(0.0)); }
    // x^p, as IEEE has it. q says what a negative base means: 0 for an even power, 1 for an odd one, 2 for a broken one
    // (NaN). 0 and infinity give each other where p is below 0, and 1^p and x^0 are 1 even with NaN. x^1 is x.
    case POW: {
      let bits = size_bits(x);
      let ends = select(abs(x), bitcast<vec4f>(INFINITY_BITS - bits), P.p < 0.0);
      let size = select(ends, pow_of(abs(x), P.p), is_finite(x) & (bits != vec4i(0)) & vec4<bool>(P.p != 1.0));
      let signed = select(size, -size, (bits != bitcast<vec4i>(x)) & vec4<bool>(P.q == 1.0));
      let y = select(signed, nan_of(x), is_negative(x) & is_finite(x) & vec4<bool>(P.q == 2.0));
      return select(keep_nan(vec4f(P.p), keep_nan(x, y)), vec4f(1.0), (x == vec4f(1.0)) | vec4<bool>(P.p == 0.0));
    }
    case CLAMP: { return held(x, P.p, P.q); }
    // 1 where p <= x <= q, else 0, for NaN too: the derivative of clamp.
    default: { return select(vec4f(0.0), vec4f(1.0), (x >= vec4f(P.p)) & (x <= vec4f(P.q)) & !is_nan(x)); }
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
@compute @workgroup_size(WG) fn silu(@builtin(global_invocation_id) id: vec3u) { each(SILU, id); }
@compute @workgroup_size(WG) fn floor_(@builtin(global_invocation_id) id: vec3u) { each(FLOOR, id); }
@compute @workgroup_size(WG) fn sin_(@builtin(global_invocation_id) id: vec3u) { each(SIN, id); }
@compute @workgroup_size(WG) fn cos_(@builtin(global_invocation_id) id: vec3u) { each(COS, id); }
@compute @workgroup_size(WG) fn relu(@builtin(global_invocation_id) id: vec3u) { each(RELU, id); }
@compute @workgroup_size(WG) fn leaky_relu(@builtin(global_invocation_id) id: vec3u) { each(LEAKY_RELU, id); }
@compute @workgroup_size(WG) fn pow_(@builtin(global_invocation_id) id: vec3u) { each(POW, id); }
@compute @workgroup_size(WG) fn clamp_(@builtin(global_invocation_id) id: vec3u) { each(CLAMP, id); }
@compute @workgroup_size(WG) fn inside(@builtin(global_invocation_id) id: vec3u) { each(INSIDE, id); }
