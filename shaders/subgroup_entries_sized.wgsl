// The entry points of subgroup_entries.wgsl for adapters that have subgroups of several sizes: these ask for one.
enable subgroups;
enable subgroup_size_control;
override SG: u32 = 8u;  // lanes of a subgroup; a workgroup is one subgroup

@compute @workgroup_size(SG) @subgroup_size(SG)
fn forward(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  forward_tile(workgroup, lane);
}

@compute @workgroup_size(SG) @subgroup_size(SG)
fn filter_grad(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  filter_grad_tile(workgroup, lane);
}
