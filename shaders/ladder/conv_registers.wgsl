// uses: ladder/conv_sizes
// The convolution's third rung: one thread computes four pixels by four channels, so each weight that it loads
// serves four times. Not all four meet the image's edge: a tap outside counts as zeros, as a branch would idle the others.
@group(0) @binding(0) var<storage, read> X: array<vec4f>;
@group(0) @binding(1) var<storage, read> W: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> Y: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = 4 * id.x;
  let first = 4 * id.y;
  let pixels = p.images * p.out.x * p.out.y;
  if (channel >= p.outs || first >= pixels) { return; }
  var sum: array<vec4f, 4>;
  for (var tap = 0u; tap < p.kernel * p.kernel; tap++) {
    var start: array<u32, 4>;
    var inside: array<bool, 4>;
    for (var i = 0u; i < 4; i++) {
      let pixel = pixel_of(min(first + i, pixels - 1), p.out);
      let at = looks_at(pixel, vec2u(tap / p.kernel, tap % p.kernel));
      start[i] = ((pixel.x * p.source.x + at.x) * p.source.y + at.y) * p.ins;
      inside[i] = all(at < p.source);
    }
    for (var c = 0u; c < p.ins; c += 4) {
      let at = ((tap * p.ins + c) * p.outs + channel) / 4;
      let w0 = W[at];
      let w1 = W[at + p.outs / 4];
      let w2 = W[at + p.outs / 2];
      let w3 = W[at + p.outs / 4 * 3];
      for (var i = 0u; i < 4; i++) {
        let x = select(vec4f(), X[(start[i] + c) / 4], inside[i]);
        sum[i] = fma(vec4f(x.x), w0, sum[i]);
        sum[i] = fma(vec4f(x.y), w1, sum[i]);
        sum[i] = fma(vec4f(x.z), w2, sum[i]);
        sum[i] = fma(vec4f(x.w), w3, sum[i]);
      }
    }
  }
  for (var i = 0u; i < 4; i++) {
    if (first + i < pixels) { Y[((first + i) * p.outs + channel) / 4] = sum[i]; }
  }
}
