// uses: indexing
// Shared by elementwise kernels whose threads take several vec4s each, in so many turns of a loop.
// Eight threads take eight neighbouring vec4s in a turn and those behind them in the next: as many as lavapipe runs
// together, so it goes through memory in one line. With one turn, as on a GPU, thread t has vec4 t.
const STEP = 8u;

// A thread's vec4s: i, i + STEP, … before end; `count` of them.
struct Share { i: u32, end: u32, count: u32 }

fn share(id: vec3u, n4: u32, turns: u32) -> Share {
  let t = flat(id);
  let i = t / STEP * STEP * turns + t % STEP;
  let end = min(i + turns * STEP, n4);
  return Share(i, end, (max(end, i) - i + STEP - 1) / STEP);
}
