// The two classes of errors that a person can do something about. Commands print `monge: <message>` without a stack
// and exit with 1; any other error is a fault of ours.

/** Bad input. The message is one line: what is wrong, where, what was expected, a hint. */
export class InputError extends Error {
  override name = "InputError";
}

/** The GPU or its driver said no: no adapter, a lost device, no memory left, an error in a dispatch. */
export class GpuError extends Error {
  override name = "GpuError";
}
