// uses: indexing
// Convolutions whose one side has very few channels go by patches: the windows of the thin image laid out as
// rows, so that a dense matrix product does the work. `overlap` is the way back: a gather, so no atomics.

// Constants, so that loops over a window can be unrolled: a network has few kernels.
override KY: u32 = 1u;        // the kernel, (KY, KX)
override KX: u32 = 1u;
override STEP_Y: u32 = 1u;
override STEP_X: u32 = 1u;
override CHANNELS: u32 = 1u;  // of the thin image
override INPUT_GRAD: bool = false;  // off: a window looks forward, as in a convolution; on: as in its input gradient

struct Sizes {
  out: vec2u,      // (height, width) of the image that has one window a pixel
  source: vec2u,   // of the image that the windows look at
  before: vec2u,   // zeros above and to the left, counted from the first of those windows
  skipped: vec2u,  // where `source` begins in its image, of which `overlap` may have a part
  images: u32,
  pitch: u32,      // numbers from one patch to the next: kernel * channels rounded up to 4
  start: u32,      // of the first image in `source` (patches), or of its first pixel in `to` (overlap)
  line: u32,       // overlap: numbers from one row of `to` to the next
  base: u32,       // overlap: what it starts from: 0 zeros, 1 a bias for each channel, 2 what is there
}
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> to: array<f32>;
@group(0) @binding(16) var<uniform> p: Sizes;

// The first tap that a window meets, and where that one looks (per axis).
struct Window { image: u32, first: vec2u, at: vec2i }

fn window_of(pixel: u32) -> Window {
  let line = pixel / p.out.y;
  let yx = vec2u(line % p.out.x, pixel % p.out.y);
  let image = line / p.out.x;
  let step = vec2u(STEP_Y, STEP_X);
  if (!INPUT_GRAD) { return Window(image, vec2u(), vec2i(yx * step) - vec2i(p.before + p.skipped)); }
  let reach = yx + p.before;
  return Window(image, reach % step, vec2i(reach / step) - vec2i(p.skipped));
}

// Where the window's tap looks, and whether it meets it at all: in an input gradient, only every step-th.
struct Look { at: i32, hit: bool }

fn look(first: u32, at: i32, tap: u32, step: u32, size: u32) -> Look {
  if (!INPUT_GRAD) {
    let there = at + i32(tap);
    return Look(there, u32(there) < size);
  }
  let there = at - i32(tap / step);
  return Look(there, tap % step == first && u32(there) < size);
}

// source (images, H, W, CHANNELS) -> to (images * out pixels, pitch), one pixel a thread; -0 off the image, which tells
// the product that it is no term of a sum (see gemm_windows), and so 0 for a -0 of the image.
@compute @workgroup_size(WG)
fn patches(@builtin(global_invocation_id) id: vec3u) {
  let pixel = flat(id);
  if (pixel >= p.images * p.out.x * p.out.y) { return; }
  let w = window_of(pixel);
  let start = pixel * p.pitch;
  var i = 0u;
  for (var ky = 0u; ky < KY; ky++) {
    let y = look(w.first.x, w.at.x, ky, STEP_Y, p.source.x);
    let line = (w.image * p.source.x + u32(y.at)) * p.source.y;
    for (var kx = 0u; kx < KX; kx++) {
      let x = look(w.first.y, w.at.y, kx, STEP_X, p.source.y);
      let at = p.start + (line + u32(x.at)) * CHANNELS;
      for (var c = 0u; c < CHANNELS; c++) {
        let v = source[at + c];
        to[start + i] = select(bitcast<f32>(0x80000000u), select(v, 0.0, v == 0.0), y.hit && x.hit);
        i++;
      }
    }
  }
  for (; i < p.pitch; i++) { to[start + i] = 0.0; }
}

// source (images * source pixels, pitch) -> to (images, out, CHANNELS), one number a thread: the sum of what all
// patches hold for it. Where they are a part of an image's, `to` is the part that they reach, and sums go on.
@compute @workgroup_size(WG)
fn overlap(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.images * p.out.x * p.out.y * CHANNELS) { return; }
  let pixel = i / CHANNELS;
  let w = window_of(pixel);
  let c = i % CHANNELS;
  let result = p.start + pixel / p.out.y * p.line + pixel % p.out.y * CHANNELS + c;
  var sum = 0.0;
  if (p.base == 1) { sum = bias[c]; }
  if (p.base == 2) { sum = to[result]; }
  let dir = select(1, -1, INPUT_GRAD);
  let by = select(vec2u(1), vec2u(STEP_Y, STEP_X), INPUT_GRAD);
  var y = w.at.x;
  for (var ky = w.first.x; ky < KY; ky += by.x) {
    let line = (w.image * p.source.x + u32(y)) * p.source.y;
    var x = w.at.y;
    for (var kx = w.first.y; kx < KX; kx += by.y) {
      let at = (line + u32(x)) * p.pitch + (ky * KX + kx) * CHANNELS + c;
      sum += select(0.0, source[at], u32(y) < p.source.x && u32(x) < p.source.y);
      x += dir;
    }
    y += dir;
  }
  to[result] = sum;
}
