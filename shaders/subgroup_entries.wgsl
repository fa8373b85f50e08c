// uses: subgroups
// The entry points of products by subgroups; what they call is in the file that uses this one.
// Where an adapter's subgroups have no one size, subgroup_entries_sized.wgsl stands in for this file.

@compute @workgroup_size(SG)
fn forward(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  forward_tile(workgroup, lane);
}

@compute @workgroup_size(SG)
fn filter_grad(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  filter_grad_tile(workgroup, lane);
}
