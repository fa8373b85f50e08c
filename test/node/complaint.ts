// What the tests of command lines share: the one line that a wrong command line is answered with.
import { complaint as complaintOf } from "../complaint";

/** The line, or "none". */
export const complaint = (parse: (args: string[]) => unknown, words: string): string =>
  complaintOf(() => parse(words.split(" ")));
