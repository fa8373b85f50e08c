// What the tests of command lines share: the one line that a wrong command line is answered with.
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";

/** The line, or "none". */
export function complaint(parse: (args: string[]) => unknown, words: string): string {
  try {
    parse(words.split(" "));
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return "none";
}
