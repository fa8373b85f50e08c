// Makes small IDX files in memory for the tests: a header as wished, and a body.

/** An images file of (count, rows, columns) whose pixels count up from 0. */
export function imagesFile(count: number, rows = 28, columns = 28): Uint8Array {
  const body = Uint8Array.from({ length: count * rows * columns }, (_, i) => i % 251);
  return withHeader([2051, count, rows, columns], body);
}

export function labelsFile(labels: number[]): Uint8Array {
  return withHeader([2049, labels.length], Uint8Array.from(labels));
}

export function withHeader(words: number[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length + body.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  bytes.set(body, 4 * words.length);
  return bytes;
}
