// uses: update_rules
// The rules of update_rules.wgsl for seven parameters a dispatch, where an adapter binds 15 storage buffers.
struct Params { parts: array<Part, 7>, rule: Rule }
@group(0) @binding(0) var<storage, read> g0: array<vec4f>;
@group(0) @binding(1) var<storage, read> g1: array<vec4f>;
@group(0) @binding(2) var<storage, read> g2: array<vec4f>;
@group(0) @binding(3) var<storage, read> g3: array<vec4f>;
@group(0) @binding(4) var<storage, read> g4: array<vec4f>;
@group(0) @binding(5) var<storage, read> g5: array<vec4f>;
@group(0) @binding(6) var<storage, read> g6: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> w0: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> w1: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> w2: array<vec4f>;
@group(0) @binding(10) var<storage, read_write> w3: array<vec4f>;
@group(0) @binding(11) var<storage, read_write> w4: array<vec4f>;
@group(0) @binding(12) var<storage, read_write> w5: array<vec4f>;
@group(0) @binding(13) var<storage, read_write> w6: array<vec4f>;
@group(0) @binding(14) var<storage, read_write> slots: array<vec4f>;
@group(0) @binding(16) var<uniform> P: Params;

// A loop for each parameter and not one with a choice of buffers in it: of that a software driver runs all cases.
fn run(rule: u32, id: vec3u) {
  let e0 = P.parts[0].end; let e1 = P.parts[1].end; let e2 = P.parts[2].end; let e3 = P.parts[3].end;
  let e4 = P.parts[4].end; let e5 = P.parts[5].end;
  let s = share(id, P.parts[6].end, P.rule.turns);
  var i = s.i;
  for (; i < min(s.end, e0); i += STEP) { w0[i] = next(rule, i, g0[i], w0[i], P.parts[0]); }
  for (; i < min(s.end, e1); i += STEP) { w1[i - e0] = next(rule, i, g1[i - e0], w1[i - e0], P.parts[1]); }
  for (; i < min(s.end, e2); i += STEP) { w2[i - e1] = next(rule, i, g2[i - e1], w2[i - e1], P.parts[2]); }
  for (; i < min(s.end, e3); i += STEP) { w3[i - e2] = next(rule, i, g3[i - e2], w3[i - e2], P.parts[3]); }
  for (; i < min(s.end, e4); i += STEP) { w4[i - e3] = next(rule, i, g4[i - e3], w4[i - e3], P.parts[4]); }
  for (; i < min(s.end, e5); i += STEP) { w5[i - e4] = next(rule, i, g5[i - e4], w5[i - e4], P.parts[5]); }
  for (; i < s.end; i += STEP) { w6[i - e5] = next(rule, i, g6[i - e5], w6[i - e5], P.parts[6]); }
}
