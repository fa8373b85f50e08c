// Makes a failing program smaller while it fails: actions are left out, bodies take the place of what is around them,
// troubles go.
import type { Action } from "./actions";

/** Programs with one part less, the larger parts first. */
function* smaller(actions: readonly Action[]): Iterable<Action[]> {
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = actions.length - size; at >= 0; at -= size) yield actions.toSpliced(at, size);
  for (const [i, action] of actions.entries()) {
    const { failing, budget, caught, ...plain } = action;
    if (failing !== undefined || budget !== undefined) yield actions.with(i, { ...plain, caught } as Action);
    if (caught) yield actions.with(i, { ...plain, failing, budget } as Action);
    if ("returns" in action)
      for (const k of action.returns.keys())
        yield actions.with(i, { ...action, returns: action.returns.toSpliced(k, 1) });
    if ("options" in action)
      for (const key of Object.keys(action.options))
        yield actions.with(i, { ...action, options: { ...action.options, [key]: undefined } });
    if (!("body" in action)) continue;
    yield actions.toSpliced(i, 1, ...action.body);
    for (const body of smaller(action.body)) yield actions.with(i, { ...action, body });
  }
}

/** The smallest program that `fails` as far as it was found within `tries`. */
export async function shrink(
  actions: Action[],
  fails: (actions: Action[]) => Promise<boolean>,
  tries = 600,
): Promise<Action[]> {
  let best = actions;
  for (let found = true, left = tries; found && left > 0; ) {
    found = false;
    for (const candidate of smaller(best)) {
      if (left-- <= 0) break;
      if (!(await fails(structuredClone(candidate)))) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
}
