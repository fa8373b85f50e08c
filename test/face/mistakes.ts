// Runs wrong calls, and says which were not answered as they must be: by this one line, before anything is dispatched.
import { tidy } from "../../src/face";
import { device } from "../device";

export type Mistake = readonly [call: () => unknown, message: string];

/** A line for each that was answered otherwise. */
export async function answeredOtherwise(mistakes: readonly Mistake[]): Promise<string> {
  const { stream } = await device();
  const { dispatch } = stream;
  const wrong: string[] = [];
  for (const [call, message] of mistakes) {
    const made = tidy(() => {
      let dispatched = 0;
      // What the argument is made by does not count.
      stream.dispatch = (one) => {
        if (one.shader !== "fill") dispatched++;
      };
      try {
        call();
        return "nothing was thrown";
      } catch (error) {
        return (error as Error).message + (dispatched > 0 ? ` after ${dispatched} dispatches` : "");
      } finally {
        stream.dispatch = dispatch;
      }
    });
    if (made !== message) wrong.push(`${made}\n    for ${message}`);
  }
  return wrong.join("\n");
}
