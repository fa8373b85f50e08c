// uses: ladder/conv_sizes
// The convolution's first rung: one thread computes one number, in the order of the textbook's sum: over channels,
// then over the window. Each multiply-add asks whether its tap is inside, computes two addresses and loads twice.
@group(0) @binding(0) var<storage, read> X: array<f32>;
@group(0) @binding(1) var<storage, read> W: array<f32>;
@group(0) @binding(2) var<storage, read_write> Y: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.outs || id.y >= p.images * p.out.x * p.out.y) { return; }
  let pixel = pixel_of(id.y, p.out);
  var sum = 0.0;
  for (var c = 0u; c < p.ins; c++) {
    for (var ky = 0u; ky < p.kernel; ky++) {
      for (var kx = 0u; kx < p.kernel; kx++) {
        let at = looks_at(pixel, vec2u(ky, kx));
        if (any(at >= p.source)) { continue; }
        let x = X[((pixel.x * p.source.x + at.x) * p.source.y + at.y) * p.ins + c];
        sum = fma(x, W[((ky * p.kernel + kx) * p.ins + c) * p.outs + id.x], sum);
      }
    }
  }
  Y[id.y * p.outs + id.x] = sum;
}
