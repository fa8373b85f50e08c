// uses: subgroups
// The entry points of products by subgroups; what they call is in the file that uses this one.
// Where an adapter's subgroups have no one size, subgroup_entries_sized.wgsl stands in for this file.

@compute @workgroup_size(SG)
fn product(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  product_tile(workgroup, lane);
}

@compute @workgroup_size(SG)
fn outer(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  outer_tile(workgroup, lane);
}
