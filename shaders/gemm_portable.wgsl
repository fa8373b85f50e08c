// uses: gemm_windows
// Products without subgroups: a thread computes 8 rows by 4 columns in registers. Neighbouring threads share
// the rows, so their loads of A are one address and their loads of B lie side by side.

const TM = 8u;

fn total_of(acc: array<vec4f, TM>) -> vec4f {
  return ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
}

@compute @workgroup_size(8, 8)
fn forward(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let job = job_of(workgroup, p.classes.x * p.classes.y);
  let phase = phase_of(job.class_);
  let rows = p.images * phase.size.x * phase.size.y;
  let row0 = (job.row_tile * 8 + thread.y) * TM;
  let column = 4 * (job.column_tile * 8 + thread.x);
  if (row0 >= rows || column >= p.columns || job.matrix >= p.batch) { return; }

  // Spelled out, since lavapipe keeps an array in memory that a loop filled before.
  let pixel = array<vec3u, TM>(
    row_pixel(row0, phase), row_pixel(row0 + 1, phase), row_pixel(row0 + 2, phase), row_pixel(row0 + 3, phase),
    row_pixel(row0 + 4, phase), row_pixel(row0 + 5, phase), row_pixel(row0 + 6, phase), row_pixel(row0 + 7, phase));

  var acc: array<vec4f, TM>;
  let terms = terms_of(job, phase);
  for (var i = terms.tap; i < terms.end_tap; i++) {
    let tap = tap_of(i, job, phase);
    var start: array<u32, TM>;
    var end: array<u32, TM>;
    for (var i = 0u; i < TM; i++) {
      let run = run_of(pixel[i], phase.shift, tap.at);
      start[i] = job.start.x + run.start;
      end[i] = select(0, terms.end_k, run.inside);
    }
    for (var k = terms.k; k < terms.end_k; k += 4) {
      let b = load_b(tap.b_start, k, terms.end_k, column);
      for (var i = 0u; i < TM; i++) {
        let a = load_a(start[i] + k, end[i] - min(k, end[i]));
        acc[i] = add_row(a, b, acc[i]);
      }
    }
  }

  if (spoiled(total_of(acc))) {
    for (var row = row0; row < min(row0 + TM, rows); row++) {
      let at = row_pixel(row, phase);
      store_c(job.start.z + result_of(at, phase), column, forward_again(job, phase, at, column));
    }
    return;
  }
  for (var i = 0u; i < TM; i++) {
    if (row0 + i < rows) { store_c(job.start.z + result_of(pixel[i], phase), column, acc[i]); }
  }
}

@compute @workgroup_size(8, 8)
fn filter_grad(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let job = job_of(workgroup, filter_classes());
  let tap = vec2u(job.class_ / p.kernel.y, job.class_ % p.kernel.y);
  let row0 = (job.row_tile * 8 + thread.y) * TM;
  let column = 4 * (job.column_tile * 8 + thread.x);
  if (row0 >= filter_rows(job.class_) || column >= p.columns || job.matrix >= p.batch) { return; }
  let first_k = job.split * p.run_per_split;
  let end_k = min(first_k + p.run_per_split, p.images * p.out.x * p.out.y);

  var acc: array<vec4f, TM>;
  var walk = walk_from(first_k, tap);
  let stride = stride_of(1, tap);
  for (var k = first_k; k < end_k; k += 4) {
    for (var kk = 0u; kk < 4; kk++) {
      let line = load_b_row(job.start.y + min(k + kk, end_k - 1) * p.columns, column);
      let b = ended_row(line, k + kk, end_k);
      for (var i = 0u; i < TM; i += 4) {
        let a = load_pixel(job, walk, job.class_, row0 + i, k + kk < end_k);
        acc[i] = fma(vec4f(a.x), b, acc[i]);
        acc[i + 1] = fma(vec4f(a.y), b, acc[i + 1]);
        acc[i + 2] = fma(vec4f(a.z), b, acc[i + 2]);
        acc[i + 3] = fma(vec4f(a.w), b, acc[i + 3]);
      }
      walk = advance(walk, stride);
    }
  }

  if (spoiled(total_of(acc))) {
    for (var row = row0; row < min(row0 + TM, filter_rows(job.class_)); row++) {
      store_c(filter_result(job, job.class_, row), column, filter_grad_again(job, job.class_, row, column));
    }
    return;
  }
  for (var i = 0u; i < TM; i++) {
    if (row0 + i < filter_rows(job.class_)) { store_c(filter_result(job, job.class_, row0 + i), column, acc[i]); }
  }
}
