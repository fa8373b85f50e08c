// uses: indexing
// Rows of logits (N, C), one thread a row: softmax, and the cross-entropy against a class label.
// The largest logit is subtracted first, so exp cannot overflow.
struct Params { n: u32, c: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (N, C)
@group(0) @binding(1) var<storage, read> labels: array<u32>;       // (N); softmax reads none
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (N, C), or the losses (N)
@group(1) @binding(0) var<uniform> P: Params;

fn largest(row: u32) -> f32 {
  var best = x[row];
  for (var j = 1u; j < P.c; j++) { best = select(best, x[row + j], x[row + j] > best); }
  return best;
}

fn total(row: u32, best: f32) -> f32 {
  var sum = 0.0;
  for (var j = 0u; j < P.c; j++) { sum += exp(x[row + j] - best); }
  return sum;
}

@compute @workgroup_size(WG)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let row = i * P.c;
  let best = largest(row);
  let scale = 1.0 / total(row, best);
  for (var j = 0u; j < P.c; j++) { y[row + j] = exp(x[row + j] - best) * scale; }
}

// log Σ exp(x) − x[label]; a label past the classes gives NaN, which cannot go unseen.
@compute @workgroup_size(WG)
fn cross_entropy(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let row = i * P.c;
  let best = largest(row);
  let label = labels[i];
  let loss = log(total(row, best)) + best - x[row + min(label, P.c - 1)];
  y[i] = select(loss, bitcast<f32>(0x7fc00000u + P.n * 0u), label >= P.c);
}

// 1 at the label of each row, else 0.
@compute @workgroup_size(WG)
fn one_hot(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n * P.c) { return; }
  y[i] = select(0.0, 1.0, labels[i / P.c] == i % P.c);
}
