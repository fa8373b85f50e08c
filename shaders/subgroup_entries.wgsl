// uses: subgroups
// The entry points of products by subgroups; what they call is in the file that uses this one.
// Where an adapter's subgroups have several sizes, subgroup_entries_sized.wgsl replaces this file.

@compute @workgroup_size(SG)
fn forward(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  forward_tile(workgroup, lane);
}

@compute @workgroup_size(SG)
fn filter_grad(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  filter_grad_tile(workgroup, lane);
}
