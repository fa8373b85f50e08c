// The product's first rung: one thread computes one number of C, as the formula says.
// Every multiply-add loads two numbers: the loads take nearly all of the time.
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<f32>;        // (m, k)
@group(0) @binding(1) var<storage, read> B: array<f32>;        // (k, n)
@group(0) @binding(2) var<storage, read_write> C: array<f32>;  // (m, n)
@group(0) @binding(16) var<uniform> p: Sizes;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= p.m || column >= p.n) { return; }
  var sum = 0.0;
  for (var k = 0u; k < p.k; k++) {
    sum = fma(A[row * p.k + k], B[k * p.n + column], sum);
  }
  C[row * p.n + column] = sum;
}
