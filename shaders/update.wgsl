// uses: update_rules
// The rules of update_rules.wgsl for three parameters a dispatch: with their gradients and the slots that is 7 storage
// buffers, and WebGPU promises 8.
struct Params { parts: array<Part, 3>, rule: Rule }
@group(0) @binding(0) var<storage, read> g0: array<vec4f>;
@group(0) @binding(1) var<storage, read> g1: array<vec4f>;
@group(0) @binding(2) var<storage, read> g2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> w0: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> w1: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> w2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> slots: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

// A loop for each parameter and not one with a choice of buffers in it: of that a software driver runs all cases.
fn run(rule: u32, id: vec3u) {
  let e0 = P.parts[0].end; let e1 = P.parts[1].end;
  let s = share(id, P.parts[2].end, P.rule.turns);
  var i = s.i;
  for (; i < min(s.end, e0); i += STEP) { w0[i] = next(rule, i, g0[i], w0[i], P.parts[0]); }
  for (; i < min(s.end, e1); i += STEP) { w1[i - e0] = next(rule, i, g1[i - e0], w1[i - e0], P.parts[1]); }
  for (; i < s.end; i += STEP) { w2[i - e1] = next(rule, i, g2[i - e1], w2[i - e1], P.parts[2]); }
}
