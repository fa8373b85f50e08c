// uses: elements
// A thread's share, for files whose uniform P has n4 and turns: its first vec4, and how many it takes, STEP apart.
// A loop should count them down to 0: then Dawn's compiler sees that it ends, and adds no counter of its own. On a software
// driver one vec4 an iteration runs as fast as two, and compiles in less than half the time.
fn first(id: vec3u) -> u32 { return share(id, P.n4, P.turns).i; }

fn count(id: vec3u) -> u32 {
  let s = share(id, P.n4, P.turns);
  return (max(s.end, s.i) - s.i + STEP - 1) / STEP;
}
