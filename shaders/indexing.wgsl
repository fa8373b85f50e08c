// Shared by kernels that run one thread an element: 256 threads a workgroup, in a grid that is folded over x and y.
const WG = 256u;

// The thread's number when the grid was made by `gridOf`: x holds at most 65,535 workgroups.
fn flat(id: vec3u) -> u32 { return id.x + id.y * (65535u * WG); }
