// uses: subgroup_entries, gemm_windows
// Products with few columns by subgroups: where 4 * SG columns would be half empty, a lane takes four rows by 16
// columns instead, and it is B that is loaded once across the lanes and handed round by shuffles.

const WIDTH = 16u;  // columns of a tile

// Number t of B in an iteration, of 16: lane t % SG has it in register t / SG.
fn number_of(g: u32, lane: u32) -> u32 { return (g * SG + lane) % WIDTH; }

fn across(b: array<vec4f, 4>, t: u32) -> vec4f { return subgroupShuffle(b[t / SG], t % SG); }

// Columns 4 * q to 4 * q + 3, where the numbers are four columns of one step each.
fn columns_of(b: array<vec4f, 4>, q: u32) -> mat4x4f {
  return transpose(mat4x4f(across(b, q), across(b, q + 4), across(b, q + 8), across(b, q + 12)));
}

// A lane's four rows, four columns at a time, to be stored by a loop: see gemm_subgroup.
fn rows_of(acc: array<mat4x4f, 4>) -> array<vec4f, 16> {
  var tile: array<vec4f, 16>;
  for (var q = 0u; q < 4; q++) {
    let block = transpose(acc[q]);
    tile[q] = block[0]; tile[4 + q] = block[1]; tile[8 + q] = block[2]; tile[12 + q] = block[3];
  }
  return tile;
}

fn total_of(acc: array<mat4x4f, 4>) -> vec4f {
  return (acc[0] * vec4f(1.0) + acc[1] * vec4f(1.0)) + (acc[2] * vec4f(1.0) + acc[3] * vec4f(1.0));
}

fn forward_tile(workgroup: vec3u, lane: u32) {
  let job = job_of(workgroup, p.classes.x * p.classes.y);
  let phase = phase_of(job.class_);
  let rows = p.images * phase.size.x * phase.size.y;
  if (job.row_tile * SG * 4 >= rows || job.matrix >= p.batch) { return; }
  let row = (job.row_tile * SG + lane) * 4;
  let column = job.column_tile * WIDTH;
  let pixel = array<vec3u, 4>(
    row_pixel(row, phase), row_pixel(row + 1, phase), row_pixel(row + 2, phase), row_pixel(row + 3, phase));

  var acc: array<mat4x4f, 4>;  // by columns
  let terms = terms_of(job, phase);
  for (var i = terms.tap; i < terms.end_tap; i++) {
    let tap = tap_of(i, job, phase);
    let run = array<Run, 4>(
      run_of(pixel[0], phase.shift, tap.at), run_of(pixel[1], phase.shift, tap.at),
      run_of(pixel[2], phase.shift, tap.at), run_of(pixel[3], phase.shift, tap.at));
    let start = vec4u(run[0].start, run[1].start, run[2].start, run[3].start) + job.start.x;
    let end = select(vec4u(), vec4u(terms.end_k), vec4<bool>(run[0].inside, run[1].inside, run[2].inside, run[3].inside));
    for (var k = terms.k; k < terms.end_k; k += 4) {
      var b: array<vec4f, 4>;
      for (var g = 0u; g < (WIDTH + SG - 1) / SG; g++) {
        let t = number_of(g, lane);
        if (TRANSPOSE_B) {
          let run = load_b_run(tap.b_start + min(column + t, p.columns - 1) * p.channels, k);
          b[g] = select(vec4f(), run, vec4<bool>(!TAIL) | (vec4u(k) + vec4u(0, 1, 2, 3) < vec4u(terms.end_k)));
        } else {
          let row = load_b_row(tap.b_start + min(k + t / 4, p.channels - 1) * p.columns, column + t % 4 * 4);
          b[g] = ended_row(row, k + t / 4, terms.end_k);
        }
      }
      let at = start + k;
      let left = end - min(vec4u(k), end);
      let a = transpose(mat4x4f(load_a(at.x, left.x), load_a(at.y, left.y),
                                load_a(at.z, left.z), load_a(at.w, left.w)));
      for (var q = 0u; q < 4; q++) {
        if (TRANSPOSE_B) {
          let t = 4 * q;
          acc[q] = add_rows(mat4x4f(across(b, t), across(b, t + 1), across(b, t + 2), across(b, t + 3)), a, acc[q]);
        } else {
          acc[q] = add_rows(columns_of(b, q), a, acc[q]);
        }
      }
    }
  }

  let to = vec4u(result_of(pixel[0], phase), result_of(pixel[1], phase),
                 result_of(pixel[2], phase), result_of(pixel[3], phase));
  var tile = rows_of(acc);
  if (spoiled(total_of(acc))) {
    for (var t = 0u; t < 16; t++) {
      tile[t] = forward_again(job, phase, row_pixel(row + t / 4, phase), column + t % 4 * 4);
    }
  }
  for (var left = 4 * min(4, max(rows, row) - row); left > 0; left--) {
    let t = left - 1;
    store_c(job.start.z + to[t / 4], column + t % 4 * 4, tile[t]);
  }
}

// Here the rows of all classes follow each other, four rows of one a lane.
fn filter_grad_tile(workgroup: vec3u, lane: u32) {
  let job = job_of(workgroup, 1u);
  if (job.matrix >= p.batch) { return; }
  let fours = (p.channels + 3) / 4;
  let mine = job.row_tile * SG + lane;
  let four = min(mine, fours * p.kernel.x * p.kernel.y - 1 + u32(SUMS));
  let row = four % fours * 4;
  let place = four / fours;
  let tap = vec2u(place / p.kernel.y, place % p.kernel.y);
  let column = job.column_tile * WIDTH;
  let first_k = job.split * p.run_per_split;
  let end_k = min(first_k + p.run_per_split, p.images * p.out.x * p.out.y);

  var walk = walk_from(first_k, tap);
  let stride = stride_of(1, tap);
  var acc: array<mat4x4f, 4>;  // by columns
  for (var k = first_k; k < end_k; k += 4) {
    var b: array<vec4f, 4>;
    for (var g = 0u; g < (WIDTH + SG - 1) / SG; g++) {
      let t = number_of(g, lane);
      let line = load_b_row(job.start.y + min(k + t / 4, end_k - 1) * p.columns, column + t % 4 * 4);
      b[g] = ended_row(line, k + t / 4, end_k);
    }
    var a: mat4x4f;
    for (var kk = 0u; kk < 4; kk++) {
      a[kk] = load_pixel(job, walk, place, row, k + kk < end_k);
      walk = advance(walk, stride);
    }
    for (var q = 0u; q < 4; q++) { acc[q] = add_rows(columns_of(b, q), a, acc[q]); }
  }

  if (mine != four) { return; }
  var tile = rows_of(acc);
  if (spoiled(total_of(acc))) {
    for (var t = 0u; t < 16; t++) { tile[t] = filter_grad_again(job, place, row + t / 4, column + t % 4 * 4); }
  }
  for (var left = 4 * min(4, filter_rows(place) - row); left > 0; left--) {
    let t = left - 1;
    store_c(filter_result(job, place, row + t / 4), column + t % 4 * 4, tile[t]);
  }
}
