// uses: ladder/conv_sizes
// The gradient of x: each pixel sums what the windows of y that saw it send back. With stride 2 a tap fits only every
// other pixel, across and down. So 12 of the 16 taps find no window; here they are computed all the same, with zeros.
@group(0) @binding(0) var<storage, read> DY: array<vec4f>;
@group(0) @binding(1) var<storage, read> W: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> DX: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = 4 * id.x;
  let first = 4 * id.y;
  let pixels = p.images * p.source.x * p.source.y;
  if (channel >= p.ins || first >= pixels) { return; }
  var sum: array<vec4f, 4>;
  for (var tap = 0u; tap < p.kernel * p.kernel; tap++) {
    var start: array<u32, 4>;
    var fits: array<bool, 4>;
    for (var i = 0u; i < 4; i++) {
      let pixel = pixel_of(min(first + i, pixels - 1), p.source);
      let reach = pixel.yz + p.before - vec2u(tap / p.kernel, tap % p.kernel);  // wraps where it is negative
      let at = reach / p.step;
      start[i] = ((pixel.x * p.out.x + at.x) * p.out.y + at.y) * p.outs;
      fits[i] = all(reach % p.step == vec2u()) && all(at < p.out);
    }
    for (var c = 0u; c < p.outs; c += 4) {
      let at = ((tap * p.ins + channel) * p.outs + c) / 4;
      let w0 = W[at];
      let w1 = W[at + p.outs / 4];
      let w2 = W[at + p.outs / 2];
      let w3 = W[at + p.outs / 4 * 3];
      for (var i = 0u; i < 4; i++) {
        let dy = select(vec4f(), DY[(start[i] + c) / 4], fits[i]);
        sum[i] += vec4f(dot(dy, w0), dot(dy, w1), dot(dy, w2), dot(dy, w3));
      }
    }
  }
  for (var i = 0u; i < 4; i++) {
    if (first + i < pixels) { DX[((first + i) * p.ins + channel) / 4] = sum[i]; }
  }
}
