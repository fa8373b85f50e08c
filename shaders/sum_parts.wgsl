// uses: indexing
// Adds up the parts of a split sum, in a fixed order, so that every run has the same result. Adds a bias to each column,
// if there is one. parts (parts, rows, pitch) -> y (rows, columns) from `start` on.

// stride: numbers of a part; add 1: on top of what y holds; pitch: a multiple of 4, `columns` or more
struct Sizes {
  count: u32, parts: u32, stride: u32, add: u32, start: u32, columns: u32, pitch: u32, biased: u32, bias_step: u32,
}
@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y_numbers: array<f32>;
@group(0) @binding(16) var<uniform> p: Sizes;

fn bias_of(column: u32) -> f32 { return bias[min(column, p.columns - 1) * p.bias_step]; }

// Four numbers a thread; y has the same pitch.
@compute @workgroup_size(WG)
fn fours(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.count) { return; }
  let to = p.start / 4 + i;
  var sum = select(vec4f(), y[to], p.add == 1);
  for (var part = 0u; part < p.parts; part++) { sum += parts[part * (p.stride / 4) + i]; }
  if (p.biased == 1) {
    let column = 4 * i % p.pitch;
    sum += vec4f(bias_of(column), bias_of(column + 1), bias_of(column + 2), bias_of(column + 3));
  }
  y[to] = sum;
}

// A number a thread, where the rows of y do not start at multiples of 4.
@compute @workgroup_size(WG)
fn numbers(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= p.count) { return; }
  let column = i % p.columns;
  let at = i / p.columns * p.pitch + column;
  var sum = select(0.0, y_numbers[p.start + i], p.add == 1);
  for (var part = 0u; part < p.parts; part++) {
    let source = part * p.stride + at;
    sum += parts[source / 4][source % 4];
  }
  if (p.biased == 1) { sum += bias_of(column); }
  y_numbers[p.start + i] = sum;
}
