// uses: each, numbers
// y = f(a, b) with broadcasting, one entry point an op, by vec4s.
// How an operand is read is fixed when the pipeline is made, so the common cases cost one vec4 load.
override A_MODE = 0u;    // 0 same shape as y, 1 a number in P, 2 one element, 3 repeats every PERIOD vec4s,
override B_MODE = 0u;    // 4 each number serves a stretch of vec4s, 5 by strides, a component at a time,
                         // 6 repeats every `stretch` vec4s
override A_PERIOD = 1u;  // constants, since dividing by a variable costs more than all the rest on a CPU
override B_PERIOD = 1u;
struct Operand { number: f32, stretch: u32, strides: array<vec4u, 2> }
struct Params { n4: u32, turns: u32, rank: u32, p: f32, sizes: array<vec4u, 2>, a: Operand, b: Operand }
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

fn offset_a(element: u32) -> u32 {
  var rest = element; var at = 0u;
  for (var d = P.rank; d > 0; d--) {
    let size = P.sizes[(d - 1) / 4][(d - 1) % 4];
    at += (rest % size) * P.a.strides[(d - 1) / 4][(d - 1) % 4];
    rest /= size;
  }
  return at;
}

fn offset_b(element: u32) -> u32 {
  var rest = element; var at = 0u;
  for (var d = P.rank; d > 0; d--) {
    let size = P.sizes[(d - 1) / 4][(d - 1) % 4];
    at += (rest % size) * P.b.strides[(d - 1) / 4][(d - 1) % 4];
    rest /= size;
  }
  return at;
}

fn left(i: u32) -> vec4f {
  if (A_MODE == 0) { return a[i]; }
  if (A_MODE == 1) { return vec4f(P.a.number); }
  if (A_MODE == 2) { return vec4f(a[0].x); }
  if (A_MODE == 3) { return a[i % A_PERIOD]; }
  if (A_MODE == 6) { return a[i % P.a.stretch]; }
  if (A_MODE == 4) { let j = i / P.a.stretch; return vec4f(a[j / 4][j % 4]); }
  var v: vec4f;
  for (var c = 0u; c < 4; c++) { let o = offset_a(4 * i + c); v[c] = a[o / 4][o % 4]; }
  return v;
}

fn right(i: u32) -> vec4f {
  if (B_MODE == 0) { return b[i]; }
  if (B_MODE == 1) { return vec4f(P.b.number); }
  if (B_MODE == 2) { return vec4f(b[0].x); }
  if (B_MODE == 3) { return b[i % B_PERIOD]; }
  if (B_MODE == 6) { return b[i % P.b.stretch]; }
  if (B_MODE == 4) { let j = i / P.b.stretch; return vec4f(b[j / 4][j % 4]); }
  var v: vec4f;
  for (var c = 0u; c < 4; c++) { let o = offset_b(4 * i + c); v[c] = b[o / 4][o % 4]; }
  return v;
}

// 1 where the comparison holds, else 0; with NaN none does.
fn holds(l: vec4f, r: vec4f, compared: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), vec4f(1.0), compared & !is_nan(l) & !is_nan(r));
}
fn is_greater(l: vec4f, r: vec4f) -> vec4f { return holds(l, r, l > r); }
fn is_greater_equal(l: vec4f, r: vec4f) -> vec4f { return holds(l, r, l >= r); }
fn is_equal(l: vec4f, r: vec4f) -> vec4f { return holds(l, r, l == r); }

// The derivatives of relu and leaky relu: dy where x > 0, elsewhere 0, even of an infinite dy, or p * dy. At NaN relu's
// is dy, as in PyTorch.
fn relu_back(x: vec4f, dy: vec4f) -> vec4f { return select(vec4f(0.0), dy, is_positive(x) | is_nan(x)); }
fn leaky_relu_back(x: vec4f, dy: vec4f) -> vec4f { return select(P.p * dy, dy, x > vec4f(0.0)); }

// a alone, filling y.
@compute @workgroup_size(WG) fn spread(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = left(i); i += STEP; } }
@compute @workgroup_size(WG) fn add(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = left(i) + right(i); i += STEP; } }
@compute @workgroup_size(WG) fn sub(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = left(i) - right(i); i += STEP; } }
@compute @workgroup_size(WG) fn mul(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = left(i) * right(i); i += STEP; } }
@compute @workgroup_size(WG) fn div(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = left(i) / right(i); i += STEP; } }
// A tie is a's, in value and in derivative.
@compute @workgroup_size(WG) fn maximum(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = larger(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn minimum(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = smaller(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn greater(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = is_greater(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn greater_equal(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = is_greater_equal(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn equal(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = is_equal(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn relu_grad(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = relu_back(left(i), right(i)); i += STEP; } }
@compute @workgroup_size(WG) fn leaky_relu_grad(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id); for (var n = count(id); n > 0; n--) { y[i] = leaky_relu_back(left(i), right(i)); i += STEP; } }
