// The one error class for what a person can mend: a wrong option, a missing file, a broken configuration.
// Commands print `monge: <message>` without a stack and exit with 1; any other error is a fault of ours.

/** Bad input. The message is one line: what is wrong, where, what was expected, a hint. */
export class InputError extends Error {
  override name = "InputError";
}
