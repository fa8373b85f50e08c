// What the convolutions of the ladder share: the sizes, and the way from a number to (image, y, x).
// Images lie as (images, height, width, channels), the weight as (kernel, kernel, ins, outs).
struct Sizes {
  images: u32,
  ins: u32,      // channels of x
  outs: u32,     // channels of y
  source: vec2u, // (height, width) of x
  out: vec2u,    // of y
  kernel: u32,   // taps in either direction
  step: u32,     // the stride
  before: u32,   // zeros above and to the left
}
@group(0) @binding(16) var<uniform> p: Sizes;

fn pixel_of(number: u32, size: vec2u) -> vec3u {
  return vec3u(number / (size.x * size.y), number / size.y % size.x, number % size.y);
}

// Where in x the window of a pixel of y looks with a tap; what is above or left of x wraps to far outside.
fn looks_at(pixel: vec3u, tap: vec2u) -> vec2u { return pixel.yz * p.step + tap - p.before; }
