// uses: numbers
// What the heavy products share: their sizes, and how they load and store numbers. A matrix product is a
// convolution with a 1 x 1 kernel over an image of one line, so one description of a convolution serves all.

override VEC_A: bool = true;         // every run of A starts at a multiple of 4, so that vec4 loads fit
override VEC_B: bool = true;         // the same for the rows of B as they lie in memory
override FLAT: bool = false;         // a matrix product: no second line, no second tap, nothing outside
override TRANSPOSE_B: bool = false;  // within a tap B lies as (columns, channels)
override TAIL: bool = false;         // a sum may end inside of the steps that are taken at once
override BIAS: bool = false;         // add a number to each column of C
override SUMS: bool = false;         // `filter_grad` gives the sums of B's columns as well
override GAPS: bool = false;         // some of A's zeros are no terms of the sum: see gemm_windows

// `forward` computes C (images, out, columns) from A (images, source, pitch) and B (taps, channels, columns):
// a row of C is a pixel, and the sum runs over taps and channels. `filter_grad` computes C (taps, channels, columns)
// from A and B (images, out, columns): the sum runs over pixels. Sizes in pairs are (height, width).
struct Sizes {
  out: vec2u,
  source: vec2u,
  kernel: vec2u,
  before: vec2u,         // zeros above and to the left
  // Forward: classes 1, step the stride, sign -1. Input gradient: classes the stride, step 1, sign 1; pixels
  // of one class (y % stride, x % stride) meet the same taps, so each class is a dense convolution.
  classes: vec2u,
  step: vec2u,
  sign: i32,
  images: u32,
  channels: u32,
  pitch: u32,            // numbers from one pixel of A to the next
  columns: u32,
  column_tiles: u32,
  row_tiles: u32,
  // A long sum is split: each part does its share of the taps and of the run, and writes a C of its own.
  splits: u32,
  run_splits: u32,
  taps_per_split: u32,
  run_per_split: u32,
  split_stride: u32,
  start: vec3u,          // of A, B and C
  batch: u32,            // matrices
  stride: vec3u,         // from one matrix of a batch to the next
  sums: u32,             // where in C, or in a part of it, the sums of B's columns lie
  result_pitch: u32,     // numbers from one row of C to the next, a multiple of 4
}
@group(0) @binding(0) var<storage, read> A: array<vec4f>;
@group(0) @binding(1) var<storage, read> B: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;  // anything at all where BIAS is off
@group(0) @binding(3) var<storage, read_write> C: array<vec4f>;
@group(0) @binding(16) var<uniform> p: Sizes;

// One workgroup's share: its tile, its class (or tap, in `filter_grad`), its matrix and its part of the sum.
struct Job { column_tile: u32, row_tile: u32, class_: u32, split: u32, matrix: u32, start: vec3u }

// The grid folds into a rectangle, so its last workgroups may have nothing to do: `matrix` is past the batch there.
fn job_of(workgroup: vec3u, classes: u32) -> Job {
  var z = workgroup.y * 65535 + workgroup.x;  // the grid folds at WebGPU's limit
  let column_tile = z % p.column_tiles; z /= p.column_tiles;
  let row_tile = z % p.row_tiles; z /= p.row_tiles;
  let split = z % p.splits; z /= p.splits;
  let matrix = z / classes;
  let start = p.start + matrix * p.stride + vec3u(0, 0, split * p.split_stride);
  return Job(column_tile, row_tile, z % classes, split, matrix, start);
}

fn a_at(i: u32) -> f32 { return A[i / 4][i % 4]; }
fn b_at(i: u32) -> f32 { return B[i / 4][i % 4]; }

// Four numbers of A from i on, zeros from the `left`-th on: what lies there may be anything, NaN too.
fn load_a(i: u32, left: u32) -> vec4f {
  if (VEC_A) { return select(vec4f(), A[i / 4], left > 0); }
  let four = vec4f(a_at(i), a_at(i + 1), a_at(i + 2), a_at(i + 3));
  return select(vec4f(), four, vec4u(0, 1, 2, 3) < vec4u(left));
}

// Four columns of the row of B that starts at i. Past the end it reads the last ones again: nobody stores them.
fn load_b_row(i: u32, column: u32) -> vec4f {
  if (VEC_B) { return B[(i + min(column, p.columns - 4)) / 4]; }
  let c = min(vec4u(column) + vec4u(0, 1, 2, 3), vec4u(p.columns - 1));
  return vec4f(b_at(i + c.x), b_at(i + c.y), b_at(i + c.z), b_at(i + c.w));
}

// Four rows k by four columns of B; zeros from row `end` on.
fn load_b(start: u32, k: u32, end: u32, column: u32) -> mat4x4f {
  if (!TRANSPOSE_B) {
    let row = start + min(vec4u(k) + vec4u(0, 1, 2, 3), vec4u(p.channels - 1)) * p.columns;
    return ended(mat4x4f(load_b_row(row.x, column), load_b_row(row.y, column),
                         load_b_row(row.z, column), load_b_row(row.w, column)), k, end);
  }
  let c = start + min(vec4u(column) + vec4u(0, 1, 2, 3), vec4u(p.columns - 1)) * p.channels;
  let runs = mat4x4f(load_b_run(c.x, k), load_b_run(c.y, k), load_b_run(c.z, k), load_b_run(c.w, k));
  return ended(transpose(runs), k, end);
}

// Rows of B past the end of the sum are the last ones again. A has zeros there, but 0 times infinity is NaN.
fn ended(b: mat4x4f, k: u32, end: u32) -> mat4x4f {
  if (!TAIL) { return b; }
  return mat4x4f(ended_row(b[0], k, end), ended_row(b[1], k + 1, end),
                 ended_row(b[2], k + 2, end), ended_row(b[3], k + 3, end));
}

fn ended_row(row: vec4f, k: u32, end: u32) -> vec4f { return select(vec4f(), row, !TAIL || k < end); }

fn load_b_run(i: u32, k: u32) -> vec4f {
  if (VEC_B) { return B[(i + min(k, p.channels - 4)) / 4]; }
  let at = i + min(vec4u(k) + vec4u(0, 1, 2, 3), vec4u(p.channels - 1));
  return vec4f(b_at(at.x), b_at(at.y), b_at(at.z), b_at(at.w));
}

// Four columns of the row of C that starts at i, if it has them.
fn store_c(i: u32, column: u32, value: vec4f) {
  if (column < p.columns) { C[(i + column) / 4] = biased(value, column); }
}

fn biased(value: vec4f, column: u32) -> vec4f {
  if (!BIAS) { return value; }
  let at = min(vec4u(column) + vec4u(0, 1, 2, 3), vec4u(p.columns - 1));
  return value + vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
}

// sum + a · b for one row, four steps of the sum and four columns.
fn add_row(a: vec4f, b: mat4x4f, sum: vec4f) -> vec4f {
  return fma(vec4f(a.w), b[3], fma(vec4f(a.z), b[2], fma(vec4f(a.y), b[1], fma(vec4f(a.x), b[0], sum))));
}

// The same for four rows. A block's sums are read and written once for four steps, since they do not all fit into
// registers.
fn add_rows(a: mat4x4f, b: mat4x4f, sum: mat4x4f) -> mat4x4f {
  return mat4x4f(add_row(a[0], b, sum[0]), add_row(a[1], b, sum[1]), add_row(a[2], b, sum[2]), add_row(a[3], b, sum[3]));
}
