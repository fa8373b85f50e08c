// The product's third rung: one thread computes ROWS x 4 numbers of C, kept in registers.
// What it loads of B serves ROWS rows: with 4 rows eight loads feed 64 multiply-adds, with 8 rows twelve feed 128.
override ROWS: u32 = 4u;  // at most 8
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<vec4f>;
@group(0) @binding(1) var<storage, read> B: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> C: array<vec4f>;
@group(0) @binding(16) var<uniform> p: Sizes;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = ROWS * id.y;
  let column = 4 * id.x;
  if (row >= p.m || column >= p.n) { return; }
  var sum: array<vec4f, 8>;
  for (var k = 0u; k < p.k; k += 4) {
    let at = (k * p.n + column) / 4;
    let b0 = B[at];
    let b1 = B[at + p.n / 4];
    let b2 = B[at + p.n / 2];
    let b3 = B[at + p.n / 4 * 3];
    // The bounds are constants, so the compiler writes this loop out and `sum` stays in registers.
    for (var i = 0u; i < ROWS; i++) {
      let a = A[(min(row + i, p.m - 1) * p.k + k) / 4];
      sum[i] = fma(vec4f(a.x), b0, sum[i]);
      sum[i] = fma(vec4f(a.y), b1, sum[i]);
      sum[i] = fma(vec4f(a.z), b2, sum[i]);
      sum[i] = fma(vec4f(a.w), b3, sum[i]);
    }
  }
  for (var i = 0u; i < ROWS; i++) {
    if (row + i < p.m) { C[((row + i) * p.n + column) / 4] = sum[i]; }
  }
}
