// The entry points of subgroup_entries.wgsl for adapters that have subgroups of several sizes: these ask for one.
enable subgroups;
enable subgroup_size_control;
override SG: u32 = 8u;  // lanes of a subgroup; a workgroup is one subgroup

@compute @workgroup_size(SG) @subgroup_size(SG)
fn product(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  product_tile(workgroup, lane);
}

@compute @workgroup_size(SG) @subgroup_size(SG)
fn outer(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  outer_tile(workgroup, lane);
}
