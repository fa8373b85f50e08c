// uses: indexing
// Shared by the kernels whose workgroups have all S parts of their results, so that one dispatch ends a sum: each thread
// takes a part and hands on what it found in workgroup memory, where one thread of a result joins the parts.

// A thread has part s of result t, of which its workgroup has `step`. It lies at i, and the next part of t at i + step.
struct Place { i: u32, step: u32, s: u32, t: u32, part: u32, takes: bool, joins: bool }

// `part` counts the parts as (A, S, B), where results are (A, B).
fn place_of(id: vec3u, parts: u32, results: u32, b: u32) -> Place {
  let step = WG / parts;
  let i = flat(id) % WG;
  let t = flat(id) / WG * step + i % step;
  let s = i / step;
  return Place(i, step, s, t, (t / b * parts + s) * b + t % b, s < parts && t < results, s == 0 && t < results);
}
