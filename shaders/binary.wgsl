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

const SPREAD = 0u; const ADD = 1u; const SUB = 2u; const MUL = 3u; const DIV = 4u; const MAXIMUM = 5u;
const MINIMUM = 6u; const GREATER = 7u; const GREATER_EQUAL = 8u; const EQUAL = 9u; const LEAKY_RELU_GRAD = 10u;
const RELU_GRAD = 11u;

fn holds(l: vec4f, r: vec4f, compared: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), vec4f(1.0), compared & !is_nan(l) & !is_nan(r));
}

// y's vec4 i.
fn f(op: u32, i: u32) -> vec4f {
  let l = left(i); let r = right(i);
  switch (op) {
    case ADD: { return l + r; }
    case SUB: { return l - r; }
    case MUL: { return l * r; }
    case DIV: { return l / r; }
    // A tie is a's, in value and in derivative.
    case MAXIMUM: { return larger(l, r); }
    case MINIMUM: { return smaller(l, r); }
    // 1 where the comparison holds, else 0; with NaN none does.
    case GREATER: { return holds(l, r, l > r); }
    case GREATER_EQUAL: { return holds(l, r, l >= r); }
    case EQUAL: { return holds(l, r, l == r); }
    // a = x, b = dy: the derivatives of relu and leaky relu, dy where x > 0. Elsewhere p * dy; or 0, even of an infinite
    // dy. At NaN relu's is dy, as in PyTorch.
    case RELU_GRAD: { return select(vec4f(0.0), r, is_positive(l) | is_nan(l)); }
    case LEAKY_RELU_GRAD: { return select(P.p * r, r, l > vec4f(0.0)); }
    // a alone, filling y.
    default: { return l; }
  }
}

fn put(op: u32, i: u32) { y[i] = f(op, i); }

@compute @workgroup_size(WG) fn spread(@builtin(global_invocation_id) id: vec3u) { each(SPREAD, id); }
@compute @workgroup_size(WG) fn add(@builtin(global_invocation_id) id: vec3u) { each(ADD, id); }
@compute @workgroup_size(WG) fn sub(@builtin(global_invocation_id) id: vec3u) { each(SUB, id); }
@compute @workgroup_size(WG) fn mul(@builtin(global_invocation_id) id: vec3u) { each(MUL, id); }
@compute @workgroup_size(WG) fn div(@builtin(global_invocation_id) id: vec3u) { each(DIV, id); }
@compute @workgroup_size(WG) fn maximum(@builtin(global_invocation_id) id: vec3u) { each(MAXIMUM, id); }
@compute @workgroup_size(WG) fn minimum(@builtin(global_invocation_id) id: vec3u) { each(MINIMUM, id); }
@compute @workgroup_size(WG) fn greater(@builtin(global_invocation_id) id: vec3u) { each(GREATER, id); }
@compute @workgroup_size(WG) fn greater_equal(@builtin(global_invocation_id) id: vec3u) { each(GREATER_EQUAL, id); }
@compute @workgroup_size(WG) fn equal(@builtin(global_invocation_id) id: vec3u) { each(EQUAL, id); }
@compute @workgroup_size(WG) fn relu_grad(@builtin(global_invocation_id) id: vec3u) { each(RELU_GRAD, id); }
@compute @workgroup_size(WG) fn leaky_relu_grad(@builtin(global_invocation_id) id: vec3u) { each(LEAKY_RELU_GRAD, id); }
