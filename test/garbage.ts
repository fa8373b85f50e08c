// Collects what earlier tests dropped, so that a test that counts tensors counts its own alone.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memory } from "../src/autograd";

/** Runs the garbage collector until the count of live tensors stands still; gives that count. */
export async function collectGarbage(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let before = -1; before !== memory().tensors; ) {
    before = memory().tensors;
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise(setImmediate);
    }
  }
  return memory().tensors;
}
