// The two error classes for what is no fault of ours: bad input, which a person can mend, and a GPU that said no.
// Commands print `monge: <message>` without a stack and exit with 1; any other error is a mistake in the program.

/** Bad input. The message is one line: what is wrong, where, what was expected, a hint. */
export class InputError extends Error {
  override name = "InputError";
}

/** The GPU or its driver said no: no adapter, a lost device, no memory left, an error in a dispatch. */
export class GpuError extends Error {
  override name = "GpuError";
}
