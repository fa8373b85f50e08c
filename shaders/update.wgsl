// uses: elements, numbers
// In-place updates: the optimisers, and the bounds that a weight is held to after its step.
// Three parameters a dispatch: threads take their vec4s as if they lay one behind the other, as the slots do.
struct Part {
  end: u32,                    // where a parameter's vec4s end, counted from the group's first one
  clip: u32,                   // whether low and high apply
  low: f32, high: f32,
}
struct Params {
  parts: array<Part, 3>,
  turns: u32,
  base: u32,                   // where the group's slots begin
  second: u32,                 // from an entry's first slot to its second one
  rate: f32,
  decay: f32, epsilon: f32,    // RMSprop's; Adam's beta2 and epsilon; SGD's momentum
  inside: u32,                 // RMSprop: whether epsilon stands inside the root
  beta1: f32, correction1: f32, correction2: f32,
}
@group(0) @binding(0) var<storage, read> g0: array<vec4f>;
@group(0) @binding(1) var<storage, read> g1: array<vec4f>;
@group(0) @binding(2) var<storage, read> g2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> w0: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> w1: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> w2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> slots: array<vec4f>;
@group(0) @binding(8) var<uniform> P: Params;

// NaN passes the bounds, so that a NaN gradient shows in the next loss.
fn clipped(value: vec4f, part: Part) -> vec4f {
  if (part.clip == 0) { return value; }
  return held(value, part.low, part.high);
}

// slot = decay * slot + (1 - decay) g²; weight -= rate * g / sqrt(slot), epsilon inside or outside of the root.
fn rmsprop_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  let mean = P.decay * slots[i] + (1.0 - P.decay) * g * g;
  slots[i] = mean;
  let inside = sqrt(mean + P.epsilon);
  let outside = sqrt(mean) + P.epsilon;
  return weight - P.rate * g / select(outside, inside, P.inside == 1);
}

// Kingma and Ba 2015, algorithm 1; the corrections are 1 - beta^t, made on the host.
fn adam_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  let j = i + P.second;
  let m = P.beta1 * slots[i] + (1.0 - P.beta1) * g;
  let v = P.decay * slots[j] + (1.0 - P.decay) * g * g;
  slots[i] = m;
  slots[j] = v;
  return weight - P.rate * (m / P.correction1) / (sqrt(v / P.correction2) + P.epsilon);
}

// slot = momentum * slot + g; weight -= rate * slot.
fn sgd_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  let v = P.decay * slots[i] + g;
  slots[i] = v;
  return weight - P.rate * v;
}

const RMSPROP = 0u;
const ADAM = 1u;
const SGD = 2u;

// Changes the slots of the group's vec4 i, and gives the weight that a part is to hold. The rule is a constant of the
// entry point, so the compiler takes the choice away.
fn next(rule: u32, i: u32, g: vec4f, weight: vec4f, part: Part) -> vec4f {
  switch (rule) {
    case RMSPROP: { return clipped(rmsprop_rule(P.base + i, g, weight), part); }
    case ADAM: { return clipped(adam_rule(P.base + i, g, weight), part); }
    default: { return clipped(sgd_rule(P.base + i, g, weight), part); }
  }
}

// A loop for each parameter and not one with a choice of buffers in it: of that a software driver runs all cases.
fn run(rule: u32, id: vec3u) {
  let a = P.parts[0].end;
  let b = P.parts[1].end;
  let s = share(id, P.parts[2].end, P.turns);
  var i = s.i;
  for (; i < min(s.end, a); i += STEP) { w0[i] = next(rule, i, g0[i], w0[i], P.parts[0]); }
  for (; i < min(s.end, b); i += STEP) { w1[i - a] = next(rule, i, g1[i - a], w1[i - a], P.parts[1]); }
  for (; i < s.end; i += STEP) { w2[i - b] = next(rule, i, g2[i - b], w2[i - b], P.parts[2]); }
}

@compute @workgroup_size(WG)
fn rmsprop(@builtin(global_invocation_id) id: vec3u) { run(RMSPROP, id); }

@compute @workgroup_size(WG)
fn adam(@builtin(global_invocation_id) id: vec3u) { run(ADAM, id); }

@compute @workgroup_size(WG)
fn sgd(@builtin(global_invocation_id) id: vec3u) { run(SGD, id); }
