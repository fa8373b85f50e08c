// The product's fourth rung, the usual one on GPUs: 64 threads first copy a tile of A and one of B to fast
// workgroup memory, and then read every number there eight times. Each thread computes 4 x 4 of a 32 x 32 tile.
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<vec4f>;
@group(0) @binding(1) var<storage, read> B: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> C: array<vec4f>;
@group(0) @binding(16) var<uniform> p: Sizes;

var<workgroup> tile_a: array<vec4f, 128>;  // 32 rows of 16 numbers
var<workgroup> tile_b: array<vec4f, 128>;  // 16 rows of 32 numbers

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u,
        @builtin(local_invocation_index) index: u32) {
  let row = 32 * group.y + 4 * thread.y;
  let column = 32 * group.x + 4 * thread.x;
  var sum: array<vec4f, 4>;
  for (var k = 0u; k < p.k; k += 16) {
    workgroupBarrier();  // until all have read the last tiles
    for (var t = index; t < 128; t += 64) {
      tile_a[t] = A[(min(32 * group.y + t / 4, p.m - 1) * p.k + k) / 4 + t % 4];
      tile_b[t] = B[((k + t / 8) * p.n + min(32 * group.x + t % 8 * 4, p.n - 4)) / 4];
    }
    workgroupBarrier();  // until all have written these
    for (var q = 0u; q < 4; q++) {
      for (var i = 0u; i < 4; i++) {
        let a = tile_a[(4 * thread.y + i) * 4 + q];
        sum[i] = fma(vec4f(a.x), tile_b[(4 * q + 0) * 8 + thread.x], sum[i]);
        sum[i] = fma(vec4f(a.y), tile_b[(4 * q + 1) * 8 + thread.x], sum[i]);
        sum[i] = fma(vec4f(a.z), tile_b[(4 * q + 2) * 8 + thread.x], sum[i]);
        sum[i] = fma(vec4f(a.w), tile_b[(4 * q + 3) * 8 + thread.x], sum[i]);
      }
    }
  }
  if (column >= p.n) { return; }
  for (var i = 0u; i < 4; i++) {
    if (row + i < p.m) { C[((row + i) * p.n + column) / 4] = sum[i]; }
  }
}
