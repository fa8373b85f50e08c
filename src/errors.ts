// The two error classes for faults outside of the program: bad input, which a person can mend, and a GPU that fails.
// Commands print `monge: <message>` without a stack and exit with 1. Any other error is a mistake in the program.

/** Bad input. The message is one line: what is wrong, where, what was expected, a hint. */
export class InputError extends Error {
  override name = "InputError";
}

/** The GPU or its driver said no: no adapter, a lost device, no memory left, an error in a dispatch. */
export class GpuError extends Error {
  override name = "GpuError";
}
