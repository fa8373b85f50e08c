// uses: elements
// Runs `put(op, i)`, of the file that uses this one, for each vec4 i that a thread takes; its uniform P has n4 and turns.
// Two vec4s in each pass of the loop, since on a software driver a pass has a price of its own. Passes are counted down
// to 0: there Dawn's compiler sees that the loop ends, and adds no counter of its own. Where `turns` is 1 none is made.
// `op` is a constant of the entry point, so the compiler takes a choice between ops away.
fn each(op: u32, id: vec3u) {
  let s = share(id, P.n4, P.turns);
  let count = (max(s.end, s.i) - s.i + STEP - 1) / STEP;
  var i = s.i;
  for (var pairs = count / 2; pairs > 0; pairs--) {
    put(op, i);
    put(op, i + STEP);
    i += 2 * STEP;
  }
  if (count % 2 == 1) { put(op, i); }
}
