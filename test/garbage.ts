// Collects what earlier tests dropped, so that a test that counts tensors counts its own alone.
import { memory } from "../src/autograd";
import { collect } from "./platform";

/** Runs the garbage collector until the count of live tensors stands still; gives that count. */
export async function collectGarbage(): Promise<number> {
  for (let before = -1; before !== memory().tensors; ) {
    before = memory().tensors;
    for (let i = 0; i < 5; i++) await collect();
  }
  return memory().tensors;
}
