// uses: indexing
// Rows by index: y[i] = x[index[i]], and its derivative, which adds each row of dy to the row that it came from.
struct Params { n: u32, rows: u32, width: u32 }  // indices, rows of the table, numbers a row
@group(0) @binding(0) var<storage, read> x: array<f32>;       // gather: (rows, width); scatter: (n, width)
@group(0) @binding(1) var<storage, read> index: array<u32>;   // (n)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG)
fn gather(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n * P.width) { return; }
  // An index past the table reads its last row: there is no way to throw from here.
  y[i] = x[min(index[i / P.width], P.rows - 1) * P.width + i % P.width];
}

// Each number of the table looks through all indices: no atomics, so the sum has one order.
@compute @workgroup_size(WG)
fn scatter_add(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.rows * P.width) { return; }
  let row = i / P.width;
  var sum = 0.0;
  for (var j = 0u; j < P.n; j++) {
    if (min(index[j], P.rows - 1) == row) { sum += x[j * P.width + i % P.width]; }
  }
  y[i] = sum;
}
