// uses: gemm
// Where the windows of a convolution lie: the pixels that are the rows of a product, the taps that they meet,
// and where in A a tap looks; and the sums by their definition, for when zeros beside the image will not do.

// What the pixels of one class share: the first of them, their number, and the taps that they meet, which are
// every `classes`-th from `first_tap` on.
struct Phase { origin: vec2u, size: vec2u, first_tap: vec2u, taps: vec2u, shift: vec2i }

fn phase_of(index: u32) -> Phase {
  if (FLAT) { return Phase(vec2u(), p.out, vec2u(), vec2u(1), vec2i()); }
  let origin = vec2u(index / p.classes.y, index % p.classes.y);
  let reach = origin + p.before;
  let first = reach % p.classes;
  let size = (p.out + p.classes - 1 - origin) / p.classes;
  let taps = (p.kernel + p.classes - 1 - first) / p.classes;
  return Phase(origin, size, first, taps, vec2i((reach - first) / p.classes));
}

// (image, y, x) of a flat index, y and x counted within the class.
fn pixel_of(index: u32, size: vec2u) -> vec3u {
  let line = index / size.y;
  return vec3u(line / size.x, line % size.x, index % size.y);
}

// The pixel of a row of `forward`; past the end the last one again.
fn row_pixel(row: u32, phase: Phase) -> vec3u {
  if (FLAT) { return vec3u(0, 0, min(row, p.out.y - 1)); }
  return pixel_of(min(row, p.images * phase.size.x * phase.size.y - 1), phase.size);
}

// The terms of one part of the sum: taps from `tap` to before `end_tap`, and of each the steps from `k` to before `end_k`.
struct Terms { tap: u32, end_tap: u32, k: u32, end_k: u32 }

fn terms_of(job: Job, phase: Phase) -> Terms {
  let tap = job.split / p.run_splits * p.taps_per_split;
  let k = job.split % p.run_splits * p.run_per_split;
  return Terms(tap, min(tap + p.taps_per_split, phase.taps.x * phase.taps.y), k, min(k + p.run_per_split, p.channels));
}

// Tap i of a class, counted (down, across), and where B's numbers for it start.
struct Tap { at: vec2u, b_start: u32 }

fn tap_of(i: u32, job: Job, phase: Phase) -> Tap {
  let at = vec2u(i / phase.taps.y, i % phase.taps.y);
  let place = phase.first_tap + at * p.classes;
  return Tap(at, job.start.y + (place.x * p.kernel.y + place.y) * p.channels * p.columns);
}

// Where C has that pixel.
fn result_of(pixel: vec3u, phase: Phase) -> u32 {
  if (FLAT) { return pixel.z * p.result_pitch; }
  let at = pixel.yz * p.classes + phase.origin;
  return ((pixel.x * p.out.x + at.x) * p.out.y + at.y) * p.result_pitch;
}

// Where A's channels for a pixel and a tap start, and whether that is inside the image at all.
struct Run { start: u32, inside: bool }

fn run_of(pixel: vec3u, shift: vec2i, tap: vec2u) -> Run {
  if (FLAT) { return Run(pixel.z * p.pitch, true); }
  let at = vec2u(vec2i(pixel.yz * p.step) + p.sign * (shift - vec2i(tap)));  // what is negative wraps far outside
  let start = ((pixel.x * p.source.x + at.x) * p.source.y + at.y) * p.pitch;
  return Run(start, all(at < p.source));
}

// Where the window's tap lies for one pixel after another, kept up by additions alone: `filter_grad` needs it for
// every pixel, and there a division costs more than the products. `at` may lie outside the image.
struct Walk { at: vec2i, start: u32 }
struct Stride { by: vec2i, by_start: u32, end: vec2i, back: vec2i, line: u32, image: u32 }

fn walk_from(index: u32, tap: vec2u) -> Walk {
  if (FLAT) { return Walk(vec2i(), index * p.pitch); }
  let pixel = pixel_of(index, p.out);
  let at = vec2i(pixel.yz * p.step + tap) - vec2i(p.before);
  return Walk(at, ((pixel.x * p.source.x + u32(at.x)) * p.source.y + u32(at.y)) * p.pitch);
}

fn stride_of(pixels: u32, tap: vec2u) -> Stride {
  let by = pixel_of(pixels, p.out);
  let size = p.out * p.step;
  let by_start = ((by.x * p.source.x + by.y * p.step.x) * p.source.y + by.z * p.step.y) * p.pitch;
  let line = (p.step.x * p.source.y - size.y) * p.pitch;
  let image = (p.source.x - size.x) * p.source.y * p.pitch;
  return Stride(vec2i(by.yz * p.step), by_start, vec2i(size + tap) - vec2i(p.before), vec2i(size), line, image);
}

fn advance(walk: Walk, s: Stride) -> Walk {
  if (FLAT) { return Walk(walk.at, walk.start + s.by_start); }
  var y = walk.at.x + s.by.x;
  var x = walk.at.y + s.by.y;
  var start = walk.start + s.by_start;
  let line = x >= s.end.y;
  x -= select(0, s.back.y, line);
  y += select(0, i32(p.step.x), line);
  start += select(0, s.line, line);
  let image = y >= s.end.x;
  y -= select(0, s.back.x, image);
  start += select(0, s.image, image);
  return Walk(vec2i(y, x), start);
}

// A bias is the weight of an input that is 1 everywhere. So its gradient, the sums of B's columns, is the one row of a
// class of `filter_grad` behind those of the taps, with 1 for A.
fn is_ones(class_: u32) -> bool { return SUMS && class_ == p.kernel.x * p.kernel.y; }
fn filter_classes() -> u32 { return p.kernel.x * p.kernel.y + u32(SUMS); }
fn filter_rows(class_: u32) -> u32 { return select(p.channels, 1u, is_ones(class_)); }

// Where C has a row of a class.
fn filter_result(job: Job, class_: u32, row: u32) -> u32 {
  return job.start.z + select((class_ * p.channels + row) * p.result_pitch, p.sums, is_ones(class_));
}

// Four channels of A at one pixel; zeros where that is none of the sum's (`real`), and outside of the image.
fn load_pixel(job: Job, walk: Walk, class_: u32, channel: u32, real: bool) -> vec4f {
  let a = load_a(job.start.x + walk.start + channel, select(0u, 4u, real && all(vec2u(walk.at) < p.source)));
  return select(a, vec4f(f32(real)), is_ones(class_));
}

// Where a tap looks beside the image, kernels multiply by 0. That is NaN where the other factor is infinite or NaN, but
// such a tap is no term of the sum. So a thread with a NaN among its sums makes them again, of their terms alone: that
// costs nothing where all is finite. `total` is all of a thread's sums added up.
fn spoiled(total: vec4f) -> bool { return GAPS && any(is_nan(total)); }

// In the patches of a thin image -0 stands for what is beside it.
fn is_term(a: f32) -> bool { return !FLAT || bitcast<u32>(a) != 0x80000000u; }

// Four columns of C at one pixel, before the bias.
fn forward_again(job: Job, phase: Phase, pixel: vec3u, column: u32) -> vec4f {
  let terms = terms_of(job, phase);
  let c = min(vec4u(column) + vec4u(0, 1, 2, 3), vec4u(p.columns - 1));
  let step = select(vec2u(p.columns, 1), vec2u(1, p.channels), TRANSPOSE_B);  // along the sum, across the columns
  var sum: vec4f;
  for (var i = terms.tap; i < terms.end_tap; i++) {
    let tap = tap_of(i, job, phase);
    let run = run_of(pixel, phase.shift, tap.at);
    if (!run.inside) { continue; }
    for (var k = terms.k; k < terms.end_k; k++) {
      let a = a_at(job.start.x + run.start + k);
      let at = tap.b_start + k * step.x + c * step.y;
      if (is_term(a)) { sum = fma(vec4f(a), vec4f(b_at(at.x), b_at(at.y), b_at(at.z), b_at(at.w)), sum); }
    }
  }
  return sum;
}

// Four columns of C for one row of a class of `filter_grad`.
fn filter_grad_again(job: Job, class_: u32, channel: u32, column: u32) -> vec4f {
  let tap = vec2u(class_ / p.kernel.y, class_ % p.kernel.y);
  let first_k = job.split * p.run_per_split;
  let end_k = min(first_k + p.run_per_split, p.images * p.out.x * p.out.y);
  let stride = stride_of(1, tap);
  var walk = walk_from(first_k, tap);
  var sum: vec4f;
  for (var k = first_k; k < end_k; k++) {
    let a = select(a_at(job.start.x + walk.start + channel), 1.0, is_ones(class_));
    if (is_ones(class_) || (all(vec2u(walk.at) < p.source) && is_term(a))) {
      sum = fma(vec4f(a), load_b_row(job.start.y + k * p.columns, column), sum);
    }
    walk = advance(walk, stride);
  }
  return sum;
}
