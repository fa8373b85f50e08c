// uses: gemm_windows
// Products by tiles in workgroup memory, for GPUs: RX x RY threads compute RY * TR rows by RX * TC columns, and a
// number that was loaded once serves a whole row or column of threads.

override RX: u32 = 16u;  // threads across the columns
override RY: u32 = 16u;  // threads down the rows
override TR: u32 = 8u;   // rows of a thread, 4 or 8
override TC: u32 = 8u;   // columns of a thread, 4 or 8
override KT: u32 = 8u;   // steps of the sum that a tile holds, a multiple of 4

// Both tiles lie step by step, four rows or columns a vec4; the spare vec4 keeps stores off each other's banks.
override PITCH_A: u32 = RY * TR / 4 + 1;
override PITCH_B: u32 = RX * TC / 4 + 1;
// An override of its own for each size: given the product itself, naga ends the process.
override SIZE_A: u32 = KT * PITCH_A;
override SIZE_B: u32 = KT * PITCH_B;
var<workgroup> tile_a: array<vec4f, SIZE_A>;
var<workgroup> tile_b: array<vec4f, SIZE_B>;

// Tiles are filled in blocks of four steps by four rows or columns, one a thread: the first threads have those of
// A, the last ones those of B. There must be threads enough for both.
override BLOCKS_A: u32 = RY * TR * KT / 16;
override BLOCKS_B: u32 = RX * TC * KT / 16;

// A thread's block: of which tile, and from which step and row (or column) on. Numbers that lie side by side in
// memory go to neighbouring threads.
struct Block { of_a: bool, of_b: bool, step: u32, at: u32 }

fn block_of(t: u32, a_by_step: bool) -> Block {
  let of_a = t < BLOCKS_A;
  let of_b = t >= RX * RY - BLOCKS_B;
  let i = select(t - (RX * RY - BLOCKS_B), t, of_a);
  let side = select(RX * TC, RY * TR, of_a) / 4;
  if (select(TRANSPOSE_B, a_by_step, of_a)) { return Block(of_a, of_b, i % (KT / 4) * 4, i / (KT / 4) * 4); }
  return Block(of_a, of_b, i / side * 4, i % side * 4);
}

fn fill(block: Block, four: mat4x4f) {
  if (block.of_a) {
    let i = block.step * PITCH_A + block.at / 4;
    tile_a[i] = four[0];
    tile_a[i + PITCH_A] = four[1];
    tile_a[i + 2 * PITCH_A] = four[2];
    tile_a[i + 3 * PITCH_A] = four[3];
  } else if (block.of_b) {
    let i = block.step * PITCH_B + block.at / 4;
    tile_b[i] = four[0];
    tile_b[i + PITCH_B] = four[1];
    tile_b[i + 2 * PITCH_B] = four[2];
    tile_b[i + 3 * PITCH_B] = four[3];
  }
}

// A thread's rows are 4 * y to 4 * y + 3 and the same again one half of the tile below; so are its columns.
// Row i has its columns in acc[i] and acc[8 + i]. Straight lines: an array that a loop indexes may leave registers.
fn multiply(acc: ptr<function, array<vec4f, 16>>, thread: vec3u) {
  for (var k = 0u; k < KT; k++) {
    let a = tile_a[k * PITCH_A + thread.y];
    let b = tile_b[k * PITCH_B + thread.x];
    var right: vec4f;
    acc[0] = fma(vec4f(a.x), b, acc[0]);
    acc[1] = fma(vec4f(a.y), b, acc[1]);
    acc[2] = fma(vec4f(a.z), b, acc[2]);
    acc[3] = fma(vec4f(a.w), b, acc[3]);
    if (TC > 4) {
      right = tile_b[k * PITCH_B + RX + thread.x];
      acc[8] = fma(vec4f(a.x), right, acc[8]);
      acc[9] = fma(vec4f(a.y), right, acc[9]);
      acc[10] = fma(vec4f(a.z), right, acc[10]);
      acc[11] = fma(vec4f(a.w), right, acc[11]);
    }
    if (TR > 4) {
      let below = tile_a[k * PITCH_A + RY + thread.y];
      acc[4] = fma(vec4f(below.x), b, acc[4]);
      acc[5] = fma(vec4f(below.y), b, acc[5]);
      acc[6] = fma(vec4f(below.z), b, acc[6]);
      acc[7] = fma(vec4f(below.w), b, acc[7]);
      if (TC > 4) {
        acc[12] = fma(vec4f(below.x), right, acc[12]);
        acc[13] = fma(vec4f(below.y), right, acc[13]);
        acc[14] = fma(vec4f(below.z), right, acc[14]);
        acc[15] = fma(vec4f(below.w), right, acc[15]);
      }
    }
  }
}

fn store_row(to: u32, column: u32, left: vec4f, right: vec4f) {
  store_c(to, column, left);
  if (TC > 4) { store_c(to, column + 4 * RX, right); }
}

// The sums of a thread's i-th row and four columns, of TR * TC / 4.
fn row_of(i: u32, top: u32) -> u32 { return top + i % 4 + i / 4 % (TR / 4) * 4 * RY; }
fn column_of(i: u32, column: u32) -> u32 { return column + i / TR * 4 * RX; }

fn total_of(acc: array<vec4f, 16>) -> vec4f {
  let upper = ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
  return upper + ((acc[8] + acc[9]) + (acc[10] + acc[11])) + ((acc[12] + acc[13]) + (acc[14] + acc[15]));
}

fn store_pixel(job: Job, phase: Phase, row: u32, column: u32, left: vec4f, right: vec4f) {
  if (row >= p.images * phase.size.x * phase.size.y) { return; }
  store_row(job.start.z + result_of(row_pixel(row, phase), phase), column, left, right);
}

@compute @workgroup_size(RX, RY)
fn forward(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) thread: vec3u,
           @builtin(local_invocation_index) t: u32) {
  let job = job_of(workgroup, p.classes.x * p.classes.y);
  let phase = phase_of(job.class_);
  let row0 = job.row_tile * RY * TR;
  let column0 = job.column_tile * RX * TC;
  if (row0 >= p.images * phase.size.x * phase.size.y || job.matrix >= p.batch) { return; }

  let block = block_of(t, true);
  let row = row0 + block.at;
  let pixel = array<vec3u, 4>(
    row_pixel(row, phase), row_pixel(row + 1, phase), row_pixel(row + 2, phase), row_pixel(row + 3, phase));
  let terms = terms_of(job, phase);

  var acc: array<vec4f, 16>;
  var start: vec4u;
  var end: vec4u;
  var b_start = 0u;
  var four: mat4x4f;
  var i = terms.tap;
  var k = terms.k;
  var more = terms.tap < terms.end_tap && terms.k < terms.end_k;
  var loaded = false;
  // Each turn loads the next block into registers, and multiplies the tiles before it while the load is on its way.
  loop {
    if (more) {
      if (k == terms.k) {
        let tap = tap_of(i, job, phase);
        b_start = tap.b_start;
        let run = array<Run, 4>(
          run_of(pixel[0], phase.shift, tap.at), run_of(pixel[1], phase.shift, tap.at),
          run_of(pixel[2], phase.shift, tap.at), run_of(pixel[3], phase.shift, tap.at));
        start = vec4u(run[0].start, run[1].start, run[2].start, run[3].start) + job.start.x;
        end = select(vec4u(), vec4u(terms.end_k), vec4<bool>(run[0].inside, run[1].inside, run[2].inside, run[3].inside));
      }
      let step = k + block.step;
      if (block.of_a) {
        let at = start + step;
        let left = end - min(vec4u(step), end);
        four = transpose(mat4x4f(load_a(at.x, left.x), load_a(at.y, left.y),
                                 load_a(at.z, left.z), load_a(at.w, left.w)));
      } else if (block.of_b) {
        four = load_b(b_start, step, terms.end_k, column0 + block.at);
      }
    }
    if (loaded) { multiply(&acc, thread); }
    if (!more) { break; }
    workgroupBarrier();
    fill(block, four);
    workgroupBarrier();
    loaded = true;
    k += KT;
    if (k >= terms.end_k) {
      k = terms.k;
      i++;
    }
    more = i < terms.end_tap;
  }

  let top = row0 + 4 * thread.y;
  let column = column0 + 4 * thread.x;
  if (spoiled(total_of(acc))) {
    for (var i = 0u; i < TR * TC / 4; i++) {
      let row = row_of(i, top);
      if (row >= p.images * phase.size.x * phase.size.y) { continue; }
      let at = row_pixel(row, phase);
      let right = column_of(i, column);
      store_c(job.start.z + result_of(at, phase), right, forward_again(job, phase, at, right));
    }
    return;
  }
  store_pixel(job, phase, top, column, acc[0], acc[8]);
  store_pixel(job, phase, top + 1, column, acc[1], acc[9]);
  store_pixel(job, phase, top + 2, column, acc[2], acc[10]);
  store_pixel(job, phase, top + 3, column, acc[3], acc[11]);
  if (TR > 4) {
    let low = top + 4 * RY;
    store_pixel(job, phase, low, column, acc[4], acc[12]);
    store_pixel(job, phase, low + 1, column, acc[5], acc[13]);
    store_pixel(job, phase, low + 2, column, acc[6], acc[14]);
    store_pixel(job, phase, low + 3, column, acc[7], acc[15]);
  }
}

fn store_channel(job: Job, row: u32, column: u32, left: vec4f, right: vec4f) {
  if (row >= filter_rows(job.class_)) { return; }
  store_row(filter_result(job, job.class_, row), column, left, right);
}

@compute @workgroup_size(RX, RY)
fn filter_grad(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) thread: vec3u,
         @builtin(local_invocation_index) t: u32) {
  let job = job_of(workgroup, filter_classes());
  let tap = vec2u(job.class_ / p.kernel.y, job.class_ % p.kernel.y);
  let row0 = job.row_tile * RY * TR;
  let column0 = job.column_tile * RX * TC;
  if (row0 >= filter_rows(job.class_) || job.matrix >= p.batch) { return; }
  let first_k = job.split * p.run_per_split;
  let end_k = min(first_k + p.run_per_split, p.images * p.out.x * p.out.y);

  let block = block_of(t, false);
  let first = first_k + block.step;
  var walk = array<Walk, 4>(
    walk_from(first, tap), walk_from(first + 1, tap), walk_from(first + 2, tap), walk_from(first + 3, tap));
  let stride = stride_of(KT, tap);
  var acc: array<vec4f, 16>;
  var four: mat4x4f;
  var k = first_k;
  loop {
    let step = k + block.step;
    if (k < end_k) {
      if (block.of_a) {
        four = mat4x4f(load_pixel(job, walk[0], job.class_, row0 + block.at, step < end_k),
                       load_pixel(job, walk[1], job.class_, row0 + block.at, step + 1 < end_k),
                       load_pixel(job, walk[2], job.class_, row0 + block.at, step + 2 < end_k),
                       load_pixel(job, walk[3], job.class_, row0 + block.at, step + 3 < end_k));
        walk = array<Walk, 4>(
          advance(walk[0], stride), advance(walk[1], stride), advance(walk[2], stride), advance(walk[3], stride));
      } else if (block.of_b) {
        let line = job.start.y + min(vec4u(step) + vec4u(0, 1, 2, 3), vec4u(end_k - 1)) * p.columns;
        let column = column0 + block.at;
        four = ended(mat4x4f(load_b_row(line.x, column), load_b_row(line.y, column),
                             load_b_row(line.z, column), load_b_row(line.w, column)), step, end_k);
      }
    }
    if (k > first_k) { multiply(&acc, thread); }
    if (k >= end_k) { break; }
    workgroupBarrier();
    fill(block, four);
    workgroupBarrier();
    k += KT;
  }

  let top = row0 + 4 * thread.y;
  let column = column0 + 4 * thread.x;
  if (spoiled(total_of(acc))) {
    for (var i = 0u; i < TR * TC / 4; i++) {
      let row = row_of(i, top);
      if (row >= filter_rows(job.class_)) { continue; }
      let right = column_of(i, column);
      store_c(filter_result(job, job.class_, row), right, filter_grad_again(job, job.class_, row, right));
    }
    return;
  }
  store_channel(job, top, column, acc[0], acc[8]);
  store_channel(job, top + 1, column, acc[1], acc[9]);
  store_channel(job, top + 2, column, acc[2], acc[10]);
  store_channel(job, top + 3, column, acc[3], acc[11]);
  if (TR > 4) {
    let low = top + 4 * RY;
    store_channel(job, low, column, acc[4], acc[12]);
    store_channel(job, low + 1, column, acc[5], acc[13]);
    store_channel(job, low + 2, column, acc[6], acc[14]);
    store_channel(job, low + 3, column, acc[7], acc[15]);
  }
}
