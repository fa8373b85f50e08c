// uses: subgroup_entries, gemm_windows
// Products by subgroups: one subgroup computes TM rows by 4 * SG columns in registers. A is loaded once across
// the lanes and handed round by shuffles, so there is no workgroup memory and no barrier.

override TM: u32 = 32u;  // rows of a tile: 4, 8, 16 or 32
override KQ: u32 = 1u;   // steps of 4 along the sum per iteration; TM * KQ is a multiple of SG, and 4 * SG at most

// Number t of A in an iteration, from the lane that loaded it.
fn across(a: array<vec4f, 4>, t: u32) -> vec4f { return subgroupShuffle(a[t / SG], t % SG); }

// The rows of a tile, to be stored by a loop. It counts down, since a driver would unroll one that counts up, and
// spelled out 32 stores take a software driver a second to compile.
fn rows_of(acc: array<mat4x4f, 8>) -> array<vec4f, 32> {
  var tile: array<vec4f, 32>;
  for (var i = 0u; i < TM; i++) { tile[i] = acc[i / 4][i % 4]; }
  return tile;
}

fn total_of(acc: array<mat4x4f, 8>) -> vec4f {
  var total: vec4f;
  for (var i = 0u; i < TM / 4; i++) { total += acc[i] * vec4f(1.0); }
  return total;
}

fn forward_tile(workgroup: vec3u, lane: u32) {
  let job = job_of(workgroup, p.classes.x * p.classes.y);
  let phase = phase_of(job.class_);
  let rows = p.images * phase.size.x * phase.size.y;
  let row0 = job.row_tile * TM;
  let column = 4 * (job.column_tile * SG + lane);
  if (row0 >= rows || job.matrix >= p.batch) { return; }

  // Number t of A in an iteration is row t % TM at step t / TM; lane t % SG has it in register t / SG.
  // Spelled out, since lavapipe keeps an array in memory that a loop filled before: that made all 3 times slower.
  let pixel = array<vec3u, 4>(
    row_pixel(row0 + (0 * SG + lane) % TM, phase),
    row_pixel(row0 + (1 * SG + lane) % TM, phase),
    row_pixel(row0 + (2 * SG + lane) % TM, phase),
    row_pixel(row0 + (3 * SG + lane) % TM, phase));
  var acc: array<mat4x4f, 8>;
  let terms = terms_of(job, phase);
  for (var i = terms.tap; i < terms.end_tap; i++) {
    let tap = tap_of(i, job, phase);
    var start: array<u32, 4>;
    var end: array<u32, 4>;
    for (var g = 0u; g < TM * KQ / SG; g++) {
      let run = run_of(pixel[g], phase.shift, tap.at);
      start[g] = job.start.x + run.start;
      end[g] = select(0, terms.end_k, run.inside);
    }
    for (var k = terms.k; k < terms.end_k; k += 4 * KQ) {
      var a: array<vec4f, 4>;
      for (var g = 0u; g < TM * KQ / SG; g++) {
        let at = k + (g * SG + lane) / TM * 4;
        a[g] = load_a(start[g] + at, end[g] - min(at, end[g]));
      }
      for (var q = 0u; q < KQ; q++) {
        let b = load_b(tap.b_start, k + 4 * q, terms.end_k, column);
        for (var i = 0u; i < TM / 4; i++) {
          let t = q * TM + 4 * i;
          let four = mat4x4f(across(a, t), across(a, t + 1), across(a, t + 2), across(a, t + 3));
          acc[i] = add_rows(four, b, acc[i]);
        }
      }
    }
  }

  let to = vec4u(result_of(pixel[0], phase), result_of(pixel[1], phase),
                 result_of(pixel[2], phase), result_of(pixel[3], phase));
  var tile = rows_of(acc);
  if (spoiled(total_of(acc))) {
    for (var i = 0u; i < TM; i++) { tile[i] = forward_again(job, phase, row_pixel(row0 + i, phase), column); }
  }
  for (var left = min(TM, rows - row0); left > 0; left--) {
    let i = left - 1;
    store_c(job.start.z + subgroupShuffle(to[i / SG], i % SG), column, tile[i]);
  }
}

fn filter_grad_tile(workgroup: vec3u, lane: u32) {
  let job = job_of(workgroup, filter_classes());
  let tap = vec2u(job.class_ / p.kernel.y, job.class_ % p.kernel.y);
  let row0 = job.row_tile * TM;
  let column = 4 * (job.column_tile * SG + lane);
  let rows = filter_rows(job.class_);
  if (row0 >= rows || job.matrix >= p.batch) { return; }
  let first_k = job.split * p.run_per_split;
  let end_k = min(first_k + p.run_per_split, p.images * p.out.x * p.out.y);

  // Number t of A in an iteration is the rows from t % (TM / 4) * 4 on at pixel t / (TM / 4).
  var walk = array<Walk, 4>(
    walk_from(first_k + (0 * SG + lane) / (TM / 4), tap),
    walk_from(first_k + (1 * SG + lane) / (TM / 4), tap),
    walk_from(first_k + (2 * SG + lane) / (TM / 4), tap),
    walk_from(first_k + (3 * SG + lane) / (TM / 4), tap));
  let stride = stride_of(4 * KQ, tap);
  var acc: array<mat4x4f, 8>;
  for (var k = first_k; k < end_k; k += 4 * KQ) {
    var a: array<vec4f, 4>;
    for (var g = 0u; g < TM * KQ / SG; g++) {
      let t = g * SG + lane;
      a[g] = load_pixel(job, walk[g], job.class_, row0 + t % (TM / 4) * 4, k + t / (TM / 4) < end_k);
      walk[g] = advance(walk[g], stride);
    }
    for (var q = 0u; q < KQ; q++) {
      let at = vec4u(k + 4 * q) + vec4u(0, 1, 2, 3);
      let line = job.start.y + min(at, vec4u(end_k - 1)) * p.columns;
      let lines = mat4x4f(load_b_row(line.x, column), load_b_row(line.y, column),
                          load_b_row(line.z, column), load_b_row(line.w, column));
      let b = ended(lines, at.x, end_k);
      for (var i = 0u; i < TM / 4; i++) {
        let t = q * TM + i;
        let four = mat4x4f(across(a, t), across(a, t + TM / 4), across(a, t + TM / 2), across(a, t + 3 * TM / 4));
        acc[i] = add_rows(transpose(four), b, acc[i]);
      }
    }
  }

  var tile = rows_of(acc);
  if (spoiled(total_of(acc))) {
    for (var i = 0u; i < min(TM, rows - row0); i++) { tile[i] = filter_grad_again(job, job.class_, row0 + i, column); }
  }
  for (var left = min(TM, rows - row0); left > 0; left--) {
    let i = left - 1;
    store_c(filter_result(job, job.class_, row0 + i), column, tile[i]);
  }
}
