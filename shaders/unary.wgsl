// uses: each, math
// y = f(x), one entry point an op, by vec4s. NaN goes in and comes out, but for x^0, which is 1.
// No switch on op numbers: it ran no faster, and every entry point had to compile the code of all ops.
struct Params { n4: u32, turns: u32, p: f32, q: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

fn square_of(x: vec4f) -> vec4f { return x * x; }
fn floor_of(x: vec4f) -> vec4f { return keep_nan(x, floor(x)); }

// 1 above 0, -1 below it, and 0 and NaN as they are.
fn sign_of(x: vec4f) -> vec4f {
  return select(select(x, vec4f(1.0), is_positive(x)), vec4f(-1.0), is_negative(x));
}

fn relu_of(x: vec4f) -> vec4f { return select(x, vec4f(0.0), is_negative(x)); }
// p is the slope below 0.
fn leaky_relu_of(x: vec4f) -> vec4f { return select(x, P.p * x, x < vec4f(0.0)); }

// log(1 + exp(x)), without overflow.
fn softplus_of(x: vec4f) -> vec4f { return relu_of(x) + log1p_of(exp_of(-abs(x))); }

// x^p, as IEEE has it. q says what a negative base means: 0 for an even power, 1 for an odd one, 2 for a broken one
// (NaN). 0 and infinity give each other where p is below 0, and 1^p and x^0 are 1 even with NaN. x^1 is x.
fn power_of(x: vec4f) -> vec4f {
  let bits = size_bits(x);
  let ends = select(abs(x), bitcast<vec4f>(INFINITY_BITS - bits), P.p < 0.0);
  let size = select(ends, pow_of(abs(x), P.p), is_finite(x) & (bits != vec4i(0)) & vec4<bool>(P.p != 1.0));
  let signed = select(size, -size, (bits != bitcast<vec4i>(x)) & vec4<bool>(P.q == 1.0));
  let y = select(signed, nan_of(x), is_negative(x) & is_finite(x) & vec4<bool>(P.q == 2.0));
  return select(keep_nan(vec4f(P.p), keep_nan(x, y)), vec4f(1.0), (x == vec4f(1.0)) | vec4<bool>(P.p == 0.0));
}

// 1 where p <= x <= q, else 0, for NaN too: the derivative of clamp.
fn is_inside(x: vec4f) -> vec4f {
  return select(vec4f(0.0), vec4f(1.0), (x >= vec4f(P.p)) & (x <= vec4f(P.q)) & !is_nan(x));
}

@compute @workgroup_size(WG) fn neg(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = -x[i]; i += STEP; } }
@compute @workgroup_size(WG) fn exp_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = exp_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn log_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = log_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn sqrt_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = sqrt_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn rsqrt(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = rsqrt_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn square(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = square_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn abs_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = abs(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn sign_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = sign_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn tanh_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = tanh_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn sigmoid(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = sigmoid_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn softplus(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = softplus_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn gelu(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = gelu_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn silu(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = silu_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn floor_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = floor_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn sin_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = sin_of(x[i], 0); i += STEP; } }
@compute @workgroup_size(WG) fn cos_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = sin_of(x[i], 1); i += STEP; } }
@compute @workgroup_size(WG) fn relu(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = relu_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn leaky_relu(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = leaky_relu_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn pow_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = power_of(x[i]); i += STEP; } }
@compute @workgroup_size(WG) fn clamp_(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = held(x[i], P.p, P.q); i += STEP; } }
@compute @workgroup_size(WG) fn inside(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = is_inside(x[i]); i += STEP; } }
