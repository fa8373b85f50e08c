// Bytes of images as the numbers that measures and classifiers take.

/** Bytes as floats in [−1, 1], as networks have them. */
export const fromBytes = (bytes: Uint8Array): Float32Array =>
  Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
