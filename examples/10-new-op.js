// An op of one's own: its kernel in WGSL, its shape, and its derivative in ops. Here x · |x|.
import {
  abs,
  addShaders,
  closeDevice,
  defineOp,
  grad,
  launch,
  mul,
  openDevice,
  requireGrad,
  sum,
  tensor,
} from "monge";

// `flat` and WG come from indexing, which `uses` puts in front: one thread an element. The uniforms are binding 16.
addShaders({
  signed_square: `// uses: indexing
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG)
fn signed_square(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  y[i] = x[i] * abs(x[i]);
}
`,
});

const signedSquare = defineOp({
  name: "signedSquare",
  shape: ([x]) => x,
  forward: ([x], y) => launch("signed_square", "signed_square", [x], [y], { n: x.size }, x.size),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [() => mul(dy, mul(2, abs(x)))],
});

await openDevice();
const x = requireGrad(tensor([-3, 0.5, 2]));
const y = signedSquare(x);
const [dx] = grad(sum(y), [x], { createGraph: true }); // 2 |x|
const [ddx] = grad(sum(dx), [x]); // 2 sign x
for (const [name, values] of Object.entries({ y, dx, ddx }))
  console.log(name, [...(await values.data())].join(" "));
closeDevice();
