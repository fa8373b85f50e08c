// uses: each
// Measures the two limits of an adapter, which no kernel passes: `stream` only copies memory; `multiply` multiplies and
// adds in registers, and touches memory only at its end.
struct Params { n4: u32, turns: u32, rounds: u32, factor: f32, term: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG)
fn stream(@builtin(global_invocation_id) id: vec3u) {
  var i = first(id);
  for (var n = count(id); n > 0; n--) { y[i] = x[i]; i += STEP; }
}

// Eight sums that do not wait for each other: enough to keep the multipliers busy, few enough for registers
// (fewer wait for each other; of more, on lavapipe, some lie in memory).
struct Sums { a: vec4f, b: vec4f }

fn step(s: Sums) -> Sums {
  return Sums(fma(s.a, vec4f(P.factor), vec4f(P.term)), fma(s.b, vec4f(P.factor), vec4f(P.term)));
}
// A straight line, since some drivers pay for each turn of a loop and each variable in it.
fn step4(s: Sums) -> Sums { return step(step(step(step(s)))); }
fn step16(s: Sums) -> Sums { return step4(step4(step4(step4(s)))); }
fn step64(s: Sums) -> Sums { return step16(step16(step16(step16(s)))); }

@compute @workgroup_size(64)
fn multiply(@builtin(global_invocation_id) id: vec3u) {
  var s = Sums(x[0] + f32(id.x), x[1] + f32(id.x));
  for (var i = 0u; i < P.rounds; i++) { s = step64(s); }
  let sum = s.a + s.b;
  if (sum.x + sum.y + sum.z + sum.w == P.term) { y[0] = sum; }  // never, but the compiler can't know
}
