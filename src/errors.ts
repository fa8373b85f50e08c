// The two error classes for faults outside of the program, bad input, which a person can mend, and a GPU that fails; and
// how messages show values.
// Commands print `monge: <message>` without a stack and exit with 1. Any other error is a mistake in the program.

/** Bad input. The message is one line: what is wrong, where, what was expected, a hint. */
export class InputError extends Error {
  override name = "InputError";
}

/** The GPU or its driver said no: no adapter, a lost device, no memory left, an error in a dispatch. */
export class GpuError extends Error {
  override name = "GpuError";
}

const MOST_SHOWN = 40;

/** A value as a message shows it: short, on one line, and to some depth, since a list may hold itself. */
export function shown(value: unknown, depth = 0): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "function") return cut(value.name ? `the function ${value.name}` : "a function");
  if (typeof value !== "object" || value === null) return oneLine(String(value));
  if (!Array.isArray(value) && !isPlain(value)) {
    if ("requiresGrad" in value) return oneLine(String(value)); // a tensor
    const name = String(value.constructor?.name || "object");
    return cut(`${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`);
  }
  if (depth === 4) return "…";
  const inner = (own: unknown) => shown(own, depth + 1);
  if (Array.isArray(value)) return cut(`[${Array.from(value.slice(0, MOST_SHOWN), inner)}]`);
  return cut(`{${Object.entries(value).map(([key, own]) => ` ${key}: ${inner(own)}`)} }`);
}

export const oneLine = (text: string): string => text.replace(/\s+/g, " ");
const cut = (text: string): string =>
  text.length <= MOST_SHOWN ? oneLine(text) : `${oneLine(text.slice(0, MOST_SHOWN))}…`;

/** Objects as they are written in braces, and not tensors, lists or promises. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Objects of a frame or a worker have an Object of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
