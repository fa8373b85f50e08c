// uses: elements, numbers
// In-place updates: the rules of the optimisers, the bounds that a weight is held to after its step, and the entry points.
// The file that uses this one says how many parameters a dispatch takes, and has `run`: threads take the parameters' vec4s as
// if they followed each other in memory, as the slots do.
struct Part {
  end: u32,                    // where a parameter's vec4s end, counted from the group's first one
  clip: u32,                   // whether low and high apply
  low: f32, high: f32,
}
// What a group of parameters has in common.
struct Rule {
  turns: u32,
  base: u32,                   // where the group's slots begin
  second: u32,                 // from an entry's first slot to its second one
  rate: f32,
  decay: f32, epsilon: f32,    // RMSprop's; Adam's beta2 and epsilon; SGD's momentum; what is kept
  inside: u32,                 // RMSprop: whether epsilon stands inside the root; SGD: whether it is Nesterov's
  beta1: f32,                  // Adam's; RMSprop's momentum
  correction1: f32, correction2: f32,
}

// Of RMSprop and SGD. Constants, since a software driver runs the ways that are not taken, too.
override CENTERED: bool = false;  // RMSprop: whether the mean gradient is taken off
override MOMENTUM: bool = false;

// NaN passes the bounds, so that a NaN gradient shows in the next loss.
fn clipped(value: vec4f, part: Part) -> vec4f {
  if (part.clip == 0) { return value; }
  return held(value, part.low, part.high);
}

// slot = decay * slot + (1 - decay) g²; weight -= rate * g / sqrt(slot), epsilon inside or outside of the root. Centered,
// the square of the mean gradient is taken off under the root; with momentum the quotients add up. Each has a slot then.
fn rmsprop_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  let mean = P.rule.decay * slots[i] + (1.0 - P.rule.decay) * g * g;
  slots[i] = mean;
  var j = i; var spread = mean;
  if (CENTERED) {
    j += P.rule.second;
    slots[j] = P.rule.decay * slots[j] + (1.0 - P.rule.decay) * g;
    spread -= slots[j] * slots[j];
  }
  let root = select(sqrt(spread) + P.rule.epsilon, sqrt(spread + P.rule.epsilon), P.rule.inside == 1);
  if (!MOMENTUM) { return weight - P.rule.rate * g / root; }
  slots[j + P.rule.second] = P.rule.beta1 * slots[j + P.rule.second] + g / root;
  return weight - P.rule.rate * slots[j + P.rule.second];
}

// Kingma and Ba 2015, algorithm 1; the corrections are 1 - beta^t, made on the host.
fn adam_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  let j = i + P.rule.second;
  let m = P.rule.beta1 * slots[i] + (1.0 - P.rule.beta1) * g;
  let v = P.rule.decay * slots[j] + (1.0 - P.rule.decay) * g * g;
  slots[i] = m;
  slots[j] = v;
  return weight - P.rule.rate * (m / P.rule.correction1) / (sqrt(v / P.rule.correction2) + P.rule.epsilon);
}

// slot = momentum * slot + g; weight -= rate * slot, or rate * (g + momentum * slot). Without momentum there is no slot.
fn sgd_rule(i: u32, g: vec4f, weight: vec4f) -> vec4f {
  if (!MOMENTUM) { return weight - P.rule.rate * g; }
  let v = P.rule.decay * slots[i] + g;
  slots[i] = v;
  return weight - P.rule.rate * select(v, g + P.rule.decay * v, P.rule.inside == 1);
}

// A running average: weight = keep * weight + take * g.
fn blend_rule(g: vec4f, weight: vec4f) -> vec4f { return P.rule.decay * weight + P.rule.rate * g; }

const RMSPROP = 0u;
const ADAM = 1u;
const SGD = 2u;
const BLEND = 3u;

// Changes the slots of the group's vec4 i, and gives the weight that a part is to hold. The rule is a constant of the
// entry point, so the compiler takes the choice away.
fn next(rule: u32, i: u32, g: vec4f, weight: vec4f, part: Part) -> vec4f {
  switch (rule) {
    case RMSPROP: { return clipped(rmsprop_rule(P.rule.base + i, g, weight), part); }
    case ADAM: { return clipped(adam_rule(P.rule.base + i, g, weight), part); }
    case BLEND: { return blend_rule(g, weight); }
    default: { return clipped(sgd_rule(P.rule.base + i, g, weight), part); }
  }
}

@compute @workgroup_size(WG)
fn rmsprop(@builtin(global_invocation_id) id: vec3u) { run(RMSPROP, id); }

@compute @workgroup_size(WG)
fn adam(@builtin(global_invocation_id) id: vec3u) { run(ADAM, id); }

@compute @workgroup_size(WG)
fn sgd(@builtin(global_invocation_id) id: vec3u) { run(SGD, id); }

@compute @workgroup_size(WG)
fn blend(@builtin(global_invocation_id) id: vec3u) { run(BLEND, id); }
