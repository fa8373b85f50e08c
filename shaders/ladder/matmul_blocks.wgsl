// uses: subgroups
// The product's sixth rung: the fifth with its inner loops swapped. Four rows take four steps of the sum before the next
// four rows do, so their sums are read and written once for all four steps.
override ROWS: u32 = 16u;      // a multiple of 4, 32 at most
override STEPS: u32 = 1u;      // steps of 4 along the sum in one turn of the loop; ROWS * STEPS is a multiple of SG
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<vec4f>;
@group(0) @binding(1) var<storage, read> B: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> C: array<vec4f>;
@group(0) @binding(16) var<uniform> p: Sizes;

// sum + a · b for one row: four steps, four columns.
fn add_row(a: vec4f, b: mat4x4f, sum: vec4f) -> vec4f {
  return fma(vec4f(a.w), b[3], fma(vec4f(a.z), b[2], fma(vec4f(a.y), b[1], fma(vec4f(a.x), b[0], sum))));
}

@compute @workgroup_size(SG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let row = ROWS * group.y;
  let column = 4 * (group.x * SG + lane);
  let safe = min(column, p.n - 4);  // lanes past the end work along, for the shuffles, and store nothing
  var sum: array<mat4x4f, 8>;  // four rows each
  for (var k = 0u; k < p.k; k += 4 * STEPS) {
    var a: array<vec4f, 8>;  // as in the rung before
    for (var g = 0u; g < ROWS * STEPS / SG; g++) {
      let t = g * SG + lane;
      a[g] = A[(min(row + t % ROWS, p.m - 1) * p.k + k) / 4 + t / ROWS];
    }
    for (var s = 0u; s < STEPS; s++) {
      let start = (k + 4 * s) * p.n + safe;
      let b = mat4x4f(B[start / 4], B[(start + p.n) / 4], B[(start + 2 * p.n) / 4], B[(start + 3 * p.n) / 4]);
      for (var i = 0u; i < ROWS / 4; i++) {
        let t = ROWS * s + 4 * i;
        sum[i] = mat4x4f(add_row(subgroupShuffle(a[t / SG], t % SG), b, sum[i][0]),
                         add_row(subgroupShuffle(a[(t + 1) / SG], (t + 1) % SG), b, sum[i][1]),
                         add_row(subgroupShuffle(a[(t + 2) / SG], (t + 2) % SG), b, sum[i][2]),
                         add_row(subgroupShuffle(a[(t + 3) / SG], (t + 3) % SG), b, sum[i][3]));
      }
    }
  }
  if (column >= p.n) { return; }
  for (var i = 0u; i < ROWS; i++) {
    if (row + i < p.m) { C[((row + i) * p.n + column) / 4] = sum[i / 4][i % 4]; }
  }
}
