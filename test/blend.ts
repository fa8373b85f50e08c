// A kernel for tests that need some one: y = p * y + q * x, in place.
import { addShaders } from "../src/kernels/shaders";

addShaders({
  "made/blend": `// uses: indexing
struct Params { n: u32, p: f32, q: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG) fn blend(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i < P.n) { y[i] = P.p * y[i] + P.q * x[i]; }
}`,
});
