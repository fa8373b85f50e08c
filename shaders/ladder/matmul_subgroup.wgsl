// uses: subgroups
// The product's fifth rung: the lanes of one subgroup compute 16 rows by 4 * SG columns. Each lane loads the part of B
// that it needs. It also loads a part of A, which shuffles hand to all. No number is loaded twice, and no lane waits.
override STEPS: u32 = 1u;      // steps of 4 along the sum in one turn of the loop; 16 * STEPS is a multiple of SG
override SUBGROUPS: u32 = 1u;  // subgroups a workgroup, side by side
struct Sizes { m: u32, n: u32, k: u32 }
@group(0) @binding(0) var<storage, read> A: array<vec4f>;
@group(0) @binding(1) var<storage, read> B: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> C: array<vec4f>;
@group(0) @binding(16) var<uniform> p: Sizes;

@compute @workgroup_size(SG * SUBGROUPS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32,
        @builtin(subgroup_invocation_id) lane: u32) {
  let row = 16 * group.y;
  let column = 4 * ((group.x * SUBGROUPS + index / SG) * SG + lane);
  let safe = min(column, p.n - 4);  // lanes past the end work along, for the shuffles, and store nothing
  var sum: array<vec4f, 16>;
  for (var k = 0u; k < p.k; k += 4 * STEPS) {
    // Of A this turn needs 16 rows of STEPS vec4. The lanes share the loading: vec4 number t is that of row
    // t % 16 at step t / 16, and lane t % SG keeps it in a[t / SG].
    var a: array<vec4f, 16>;
    for (var g = 0u; g < 16 * STEPS / SG; g++) {
      let t = g * SG + lane;
      a[g] = A[(min(row + t % 16, p.m - 1) * p.k + k) / 4 + t / 16];
    }
    for (var s = 0u; s < STEPS; s++) {
      for (var kk = 0u; kk < 4; kk++) {
        let b = B[((k + 4 * s + kk) * p.n + safe) / 4];
        for (var i = 0u; i < 16; i++) {
          let t = 16 * s + i;
          sum[i] = fma(vec4f(subgroupShuffle(a[t / SG][kk], t % SG)), b, sum[i]);
        }
      }
    }
  }
  if (column >= p.n) { return; }
  for (var i = 0u; i < 16; i++) {
    if (row + i < p.m) { C[((row + i) * p.n + column) / 4] = sum[i]; }
  }
}
