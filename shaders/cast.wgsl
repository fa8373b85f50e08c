// uses: indexing, numbers
// Whole numbers as f32, and f32 as whole numbers: rounded towards 0, clamped to the range of u32, 0 for NaN.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(16) var<uniform> P: Params;

@compute @workgroup_size(WG) fn to_f32(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i < P.n) { y[i] = bitcast<u32>(f32(x[i])); }
}

@compute @workgroup_size(WG) fn to_u32(@builtin(global_invocation_id) id: vec3u) {
  let i = flat(id); if (i >= P.n) { return; }
  let v = vec4f(bitcast<f32>(x[i]));
  y[i] = select(u32(clamp(v.x, 0.0, 4294967040.0)), 0u, is_nan(v).x);
}
