// uses: indexing
// Shared by elementwise kernels whose threads take `turns` vec4s each.
// Eight threads take eight neighbouring vec4s, then the next eight. lavapipe runs eight threads together, so it reads memory
// in order. Where `turns` is 1, as on a GPU, thread t has vec4 t.
const STEP = 8u;

// A thread's vec4s: i, i + STEP, … before end.
struct Share { i: u32, end: u32 }

fn share(id: vec3u, n4: u32, turns: u32) -> Share {
  let t = flat(id);
  let i = t / STEP * STEP * turns + t % STEP;
  return Share(i, min(i + turns * STEP, n4));
}
