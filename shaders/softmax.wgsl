// uses: indexing, math
// Rows of logits (N, C), one thread a row: softmax, and the cross-entropy against a class label.
// The largest logit is subtracted first, so exp cannot overflow.
struct Params { n: u32, c: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (N, C)
@group(0) @binding(1) var<storage, read> labels: array<u32>;       // (N); softmax reads none
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (N, C), or the losses (N)
@group(0) @binding(16) var<uniform> P: Params;

// The largest number of a row, NaN where there is one, and where it stands.
struct Largest { value: f32, at: u32 }

fn largest(row: u32) -> Largest {
  var best = Largest(x[row], 0u);
  for (var j = 1u; j < P.c; j++) {
    let next = larger(vec4f(best.value), vec4f(x[row + j])).x;
    best.at = select(best.at, j, x[row + j] > best.value);
    best.value = next;
  }
  return best;
}

fn exp_less(v: f32, best: f32) -> f32 { return exp_of(vec4f(v - best)).x; }

// Σ exp(x − best) of a row but for the largest's own 1, beside which small ones would be lost. By sums of 256, since what
// is far below a sum is lost as well. Infinity less itself is NaN.
fn others(row: u32, best: Largest) -> f32 {
  var total = x[row + best.at] - best.value;  // 0 or NaN
  for (var j = 0u; j < P.c;) {
    var part = 0.0;
    for (let end = min(j + 256, P.c); j < end; j++) { part += select(exp_less(x[row + j], best.value), 0.0, j == best.at); }
    total += part;
  }
  return total;
}

@compute @workgroup_size(WG)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let row = i * P.c;
  let best = largest(row);
  let total = 1 + others(row, best);
  for (var j = 0u; j < P.c; j++) { y[row + j] = exp_less(x[row + j], best.value) / total; }
}

// log Σ exp(x) − x[label] as log(1 + what the others have beside the largest's 1) + how far the label is below the
// largest: logits of 1e7 lose no digits, and a loss may be as small as it is. A label past the classes gives NaN,
// which cannot go unseen.
@compute @workgroup_size(WG)
fn cross_entropy(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n) { return; }
  let row = i * P.c;
  let best = largest(row);
  let label = labels[i];
  let loss = log1p_of(vec4f(others(row, best))).x + (best.value - x[row + min(label, P.c - 1)]);
  y[i] = select(loss, nan_of(vec4f(loss)).x, label >= P.c);
}

// 1 at the label of each row, else 0.
@compute @workgroup_size(WG)
fn one_hot(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id);
  if (i >= P.n * P.c) { return; }
  y[i] = select(0.0, 1.0, labels[i / P.c] == i % P.c);
}
