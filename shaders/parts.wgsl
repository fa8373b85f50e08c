// uses: indexing
// Shared by the kernels that reduce the middle axis of x (A, R, B) in S parts, one thread a part of an entry of (A, B).
// R is cut into RUNS runs of LENGTH rows, and LANES threads take the rows of a run in turn; S is RUNS * LANES.
// So neighbouring threads read neighbouring numbers, and a group of threads stays in few pages of memory. That helps a CPU,
// which prefetches only within a page. The kernel declares P, these numbers and its own, and y.
override VEC: bool = false;  // x is read as vec4s
@group(0) @binding(0) var<storage, read> x: array<vec4f>;

fn load(i: u32) -> vec4f {
  if (VEC) { return x[i]; }
  return vec4f(x[i / 4][i % 4]);
}

fn threads() -> u32 { return P.a * P.runs * P.lanes * P.b; }

// How many rows of a run a lane takes: none, if the last run is shorter than that.
fn count(run: u32, lane: u32) -> u32 {
  let length = min(P.length, P.r - run * P.length);
  return (max(length, lane) - lane + P.lanes - 1) / P.lanes;
}

// What a thread takes of x: `count` entries, i, i + step, … The first, of row r, is inside of x even if there are none.
struct Part { i: u32, step: u32, count: u32, r: u32 }

// The part of thread t, with few divisions: for a short part they would take longer than the sum.
fn part(t: u32) -> Part {
  let lanes = t / P.b; let b = t - lanes * P.b;
  let runs = lanes / P.lanes; let lane = lanes - runs * P.lanes;
  let a = runs / P.runs; let run = runs - a * P.runs;
  let first = min(run * P.length + lane, P.r - 1);
  return Part((a * P.r + first) * P.b + b, P.lanes * P.b, count(run, lane), first);
}
