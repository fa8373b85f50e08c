// What the tests of bad input share: the one line that it is answered with.
import * as assert from "uvu/assert";
import { InputError } from "../src/errors";

/** The line of the InputError that `body` throws, or "none". */
export function complaint(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return "none";
}
