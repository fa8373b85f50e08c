// Every lane reads its right neighbour's value: shows that subgroups have the size the adapter claims.
enable subgroups;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn rotate(@builtin(local_invocation_index) i: u32, @builtin(subgroup_invocation_id) lane: u32,
          @builtin(subgroup_size) size: u32) {
  y[i] = subgroupShuffle(x[i], (lane + 1) % size);
}
