// uses: elements
// The two limits that no kernel on this adapter passes: `stream` copies memory and does nothing else, `multiply`
// multiplies and adds in registers and touches no memory until its end.
struct Params { n4: u32, turns: u32, rounds: u32, factor: f32, term: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(0) var<uniform> p: Params;

// The loop of the elementwise kernels, see binary.wgsl.
@compute @workgroup_size(WG)
fn stream(@builtin(global_invocation_id) id: vec3u) {
  let s = share(id, p.n4, p.turns);
  var i = s.i;
  for (var pairs = s.count / 2; pairs > 0; pairs--) {
    y[i] = x[i];
    y[i + STEP] = x[i + STEP];
    i += 2 * STEP;
  }
  if (s.count % 2 == 1) { y[i] = x[i]; }
}

// Eight sums that do not wait for each other: enough to keep the multipliers busy, few enough for registers
// (fewer wait for each other; of more, on lavapipe, some lie in memory).
struct Sums { a: vec4f, b: vec4f }

fn step(s: Sums) -> Sums {
  return Sums(fma(s.a, vec4f(p.factor), vec4f(p.term)), fma(s.b, vec4f(p.factor), vec4f(p.term)));
}
// A straight line, since some drivers pay for each turn of a loop and each variable in it.
fn step4(s: Sums) -> Sums { return step(step(step(step(s)))); }
fn step16(s: Sums) -> Sums { return step4(step4(step4(step4(s)))); }
fn step64(s: Sums) -> Sums { return step16(step16(step16(step16(s)))); }

@compute @workgroup_size(64)
fn multiply(@builtin(global_invocation_id) id: vec3u) {
  var s = Sums(x[0] + f32(id.x), x[1] + f32(id.x));
  for (var i = 0u; i < p.rounds; i++) { s = step64(s); }
  let sum = s.a + s.b;
  if (sum.x + sum.y + sum.z + sum.w == p.term) { y[0] = sum; }  // never, but the compiler can't know
}
