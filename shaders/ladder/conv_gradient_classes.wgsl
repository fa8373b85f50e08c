// uses: ladder/conv_sizes
// The gradient of x by parity classes: pixels with the same (y % stride, x % stride) meet the same taps. Each class is
// a small dense convolution: with stride 2 it has a quarter of the taps, and none is wasted.
@group(0) @binding(0) var<storage, read> DY: array<vec4f>;
@group(0) @binding(1) var<storage, read> W: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> DX: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = 4 * id.x;
  let first = 4 * id.y;
  let class_ = vec2u(id.z / p.step, id.z % p.step);
  let size = (p.source + p.step - 1 - class_) / p.step;  // pixels of the class, down and across
  let pixels = p.images * size.x * size.y;
  if (channel >= p.ins || first >= pixels) { return; }
  let first_tap = (class_ + p.before) % p.step;
  let shift = (class_ + p.before) / p.step;
  var sum: array<vec4f, 4>;
  for (var ky = first_tap.x; ky < p.kernel; ky += p.step) {
    for (var kx = first_tap.y; kx < p.kernel; kx += p.step) {
      var start: array<u32, 4>;
      var inside: array<bool, 4>;
      for (var i = 0u; i < 4; i++) {
        let pixel = pixel_of(min(first + i, pixels - 1), size);
        let at = pixel.yz + shift - vec2u(ky, kx) / p.step;
        start[i] = ((pixel.x * p.out.x + at.x) * p.out.y + at.y) * p.outs;
        inside[i] = all(at < p.out);
      }
      for (var c = 0u; c < p.outs; c += 4) {
        let at = (((ky * p.kernel + kx) * p.ins + channel) * p.outs + c) / 4;
        let w0 = W[at];
        let w1 = W[at + p.outs / 4];
        let w2 = W[at + p.outs / 2];
        let w3 = W[at + p.outs / 4 * 3];
        for (var i = 0u; i < 4; i++) {
          let dy = select(vec4f(), DY[(start[i] + c) / 4], inside[i]);
          sum[i] += vec4f(dot(dy, w0), dot(dy, w1), dot(dy, w2), dot(dy, w3));
        }
      }
    }
  }
  for (var i = 0u; i < 4; i++) {
    if (first + i >= pixels) { return; }
    let pixel = pixel_of(first + i, size);
    let at = pixel.yz * p.step + class_;
    DX[(((pixel.x * p.source.x + at.x) * p.source.y + at.y) * p.ins + channel) / 4] = sum[i];
  }
}
