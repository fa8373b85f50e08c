// The product's second rung: one thread computes four neighbours in a row of C, and all loads are vec4.
// Five loads now feed sixteen multiply-adds, where the first rung needed thirty-two.
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<vec4f>;        // (m, k), k a multiple of 4
@group(0) @binding(1) var<storage, read> B: array<vec4f>;        // (k, n), n a multiple of 4
@group(0) @binding(2) var<storage, read_write> C: array<vec4f>;  // (m, n)
@group(0) @binding(16) var<uniform> p: Sizes;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = 4 * id.x;
  if (row >= p.m || column >= p.n) { return; }
  var sum = vec4f();
  for (var k = 0u; k < p.k; k += 4) {
    let a = A[(row * p.k + k) / 4];  // four steps of the sum at once
    let b = (k * p.n + column) / 4;
    sum = fma(vec4f(a.x), B[b], sum);
    sum = fma(vec4f(a.y), B[b + p.n / 4], sum);
    sum = fma(vec4f(a.z), B[b + p.n / 2], sum);
    sum = fma(vec4f(a.w), B[b + p.n / 4 * 3], sum);
  }
  C[(row * p.n + column) / 4] = sum;
}
