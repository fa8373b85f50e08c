// uses: indexing
// Convolutions whose one side has very few channels go by patches: the windows of the thin image laid out as
// rows, so that a dense matrix product does the work. `overlap` is the way back: a gather, so no atomics.

struct Sizes {
  out: vec2u,      // (height, width) of the image that has one window a pixel
  source: vec2u,   // of the image that the windows look at
  kernel: vec2u,
  before: vec2u,   // zeros above and to the left
  step: vec2u,
  adjoint: u32,    // 0: a window looks forward, as in a convolution; 1: as in its input gradient
  images: u32,
  channels: u32,
  pitch: u32,      // numbers from one patch to the next: kernel * channels rounded up to 4
  start: u32,      // of the chunk's images in `source` (patches) or `to` (overlap)
  biased: u32,     // 1: `overlap` adds a bias to each channel
}
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> to: array<f32>;
@group(1) @binding(0) var<uniform> p: Sizes;

// The taps that a window meets are first, first + by, …; they look at `at`, at + dir, … (per axis).
struct Window { image: u32, first: vec2u, by: vec2u, at: vec2i, dir: i32 }

fn window_of(pixel: u32) -> Window {
  let line = pixel / p.out.y;
  let yx = vec2u(line % p.out.x, pixel % p.out.y);
  let image = line / p.out.x;
  if (p.adjoint == 0) {
    return Window(image, vec2u(0), vec2u(1), vec2i(yx * p.step) - vec2i(p.before), 1);
  }
  let reach = yx + p.before;
  return Window(image, reach % p.step, p.step, vec2i(reach / p.step), -1);
}

// source (images, H, W, channels) -> to (images * out pixels, pitch), one pixel a thread; zeros off the image.
@compute @workgroup_size(WG)
fn patches(@builtin(global_invocation_id) id: vec3u) {
  let pixel = flat(id);
  if (pixel >= p.images * p.out.x * p.out.y) { return; }
  let w = window_of(pixel);
  var i = pixel * p.pitch;
  let end = i + p.pitch;
  var y = w.at.x;
  var next_y = w.first.x;
  for (var ky = 0u; ky < p.kernel.x; ky++) {
    let hit_y = ky == next_y && u32(y) < p.source.x;
    let line = (w.image * p.source.x + u32(y)) * p.source.y;
    if (ky == next_y) { next_y += w.by.x; y += w.dir; }
    var x = w.at.y;
    var next_x = w.first.y;
    for (var kx = 0u; kx < p.kernel.y; kx++) {
      let hit = hit_y && kx == next_x && u32(x) < p.source.y;
      let start = p.start + (line + u32(x)) * p.channels;
      if (kx == next_x) { next_x += w.by.y; x += w.dir; }
      for (var c = 0u; c < p.channels; c++) {
        var value = 0.0;
        if (hit) { value = source[start + c]; }
        to[i] = value;
        i++;
      }
    }
  }
  for (; i < end; i++) { to[i] = 0.0; }
}

// source (images * source pixels, pitch) -> to (images, out, channels), one number a thread: the sum of what all
// patches hold for it.
@compute @workgroup_size(WG)
fn overlap(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.images * p.out.x * p.out.y * p.channels) { return; }
  let w = window_of(i / p.channels);
  let c = i % p.channels;
  var sum = 0.0;
  if (p.biased == 1) { sum = bias[c]; }
  var y = w.at.x;
  for (var ky = w.first.x; ky < p.kernel.x; ky += w.by.x) {
    let line = (w.image * p.source.x + u32(y)) * p.source.y;
    var x = w.at.y;
    for (var kx = w.first.y; kx < p.kernel.y; kx += w.by.y) {
      if (u32(y) < p.source.x && u32(x) < p.source.y) {
        sum += source[(line + u32(x)) * p.pitch + (ky * p.kernel.y + kx) * p.channels + c];
      }
      x += w.dir;
    }
    y += w.dir;
  }
  to[p.start + i] = sum;
}

// Swaps the last two axes: source (kernel, channels, pitch) -> to (kernel, pitch, channels).
@compute @workgroup_size(WG)
fn swap(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  let size = p.channels * p.pitch;
  if (i >= p.kernel.x * p.kernel.y * size) { return; }
  let at = i % size;
  to[i] = source[i - at + at % p.channels * p.pitch + at / p.channels];
}
