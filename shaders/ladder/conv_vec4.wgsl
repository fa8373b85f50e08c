// uses: ladder/conv_sizes
// The convolution's second rung: the taps go outside and the channels inside. Whether a tap is inside is asked once
// for all channels, which lie one after the other: so loads are vec4, four channels of x and four of y at a time.
@group(0) @binding(0) var<storage, read> X: array<vec4f>;
@group(0) @binding(1) var<storage, read> W: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> Y: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = 4 * id.x;
  if (channel >= p.outs || id.y >= p.images * p.out.x * p.out.y) { return; }
  let pixel = pixel_of(id.y, p.out);
  var sum = vec4f();
  for (var ky = 0u; ky < p.kernel; ky++) {
    for (var kx = 0u; kx < p.kernel; kx++) {
      let at = looks_at(pixel, vec2u(ky, kx));
      if (any(at >= p.source)) { continue; }
      let start = ((pixel.x * p.source.x + at.x) * p.source.y + at.y) * p.ins;
      for (var c = 0u; c < p.ins; c += 4) {
        let x = X[(start + c) / 4];
        let w = (((ky * p.kernel + kx) * p.ins + c) * p.outs + channel) / 4;
        sum = fma(vec4f(x.x), W[w], sum);
        sum = fma(vec4f(x.y), W[w + p.outs / 4], sum);
        sum = fma(vec4f(x.z), W[w + p.outs / 2], sum);
        sum = fma(vec4f(x.w), W[w + p.outs / 4 * 3], sum);
      }
    }
  }
  Y[(id.y * p.outs + channel) / 4] = sum;
}
