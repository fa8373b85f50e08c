// uses: elements
// In-place updates: the optimisers, and the bounds that a weight is held to after its step.
// NaN passes the bounds, so that a NaN gradient shows in the next loss.
struct Params {
  n4: u32, turns: u32,
  clip: u32,                   // whether low and high apply
  low: f32, high: f32, rate: f32,
  decay: f32, epsilon: f32,    // RMSprop's; Adam's beta2 and epsilon; SGD's momentum
  inside: u32,                 // RMSprop: whether epsilon stands inside the root
  beta1: f32, correction1: f32, correction2: f32,
}
@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> slot: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> slot2: array<vec4f>;
@group(1) @binding(0) var<uniform> P: Params;

fn mine(id: vec3u) -> Share { return share(id, P.n4, P.turns); }

fn put(i: u32, value: vec4f) {
  if (P.clip == 0) { weight[i] = value; return; }
  let high = select(value, vec4f(P.high), value > vec4f(P.high));  // not clamp, which turns NaN into a bound
  weight[i] = select(high, vec4f(P.low), value < vec4f(P.low));
}

// slot = decay * slot + (1 - decay) g²; weight -= rate * g / sqrt(slot), epsilon inside or outside of the root.
@compute @workgroup_size(WG)
fn rmsprop(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let g = gradient[i];
    let mean = P.decay * slot[i] + (1.0 - P.decay) * g * g;
    slot[i] = mean;
    let inside = sqrt(mean + P.epsilon);
    let outside = sqrt(mean) + P.epsilon;
    put(i, weight[i] - P.rate * g / select(outside, inside, P.inside == 1));
  }
}

// Kingma and Ba 2015, algorithm 1; the corrections are 1 - beta^t, made on the host.
@compute @workgroup_size(WG)
fn adam(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let g = gradient[i];
    let m = P.beta1 * slot[i] + (1.0 - P.beta1) * g;
    let v = P.decay * slot2[i] + (1.0 - P.decay) * g * g;
    slot[i] = m;
    slot2[i] = v;
    put(i, weight[i] - P.rate * (m / P.correction1) / (sqrt(v / P.correction2) + P.epsilon));
  }
}

// slot = momentum * slot + g; weight -= rate * slot.
@compute @workgroup_size(WG)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let s = mine(id);
  for (var i = s.i; i < s.end; i += STEP) {
    let v = P.decay * slot[i] + gradient[i];
    slot[i] = v;
    put(i, weight[i] - P.rate * v);
  }
}
