// Makes small files of CIFAR-10's binary version in memory for the tests.

/** One record a label; the pixels differ from byte to byte and from image to image. */
export function cifarFile(labels: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from({ length: 3073 * labels.length }, (_, i) => (i * 7 + (i >> 6)) % 256);
  for (const [i, label] of labels.entries()) bytes[3073 * i] = label;
  return bytes;
}
