// Work that needs much memory beside its inputs and its result is done in pieces. Each piece needs at most `most`.

/** Most numbers that a kernel holds beside its inputs and its result: 64 MB. Tests lower it. */
export const room = { most: 2 ** 24 };

/** Pixels that lie one after the other: whole images, or rows of one, or part of a row. */
export interface Piece {
  /** The first image, and how many. */
  image: number;
  images: number;
  /** The first row and column, and how many there are of each. */
  at: readonly [number, number];
  size: readonly [number, number];
  /** The first pixel counted through all images, and how many. */
  first: number;
  pixels: number;
}

/** Cuts images (images, height, width) into pieces of at most so many pixels, but of one at least, in order. */
export function pieces(images: number, [height, width]: readonly [number, number], most: number): Piece[] {
  const fitting = (pixels: number, all: number) => Math.min(all, Math.max(1, Math.floor(most / pixels)));
  const each = [fitting(height * width, images), fitting(width, height), fitting(1, width)] as const;
  const made: Piece[] = [];
  for (let image = 0; image < images; image += each[0])
    for (let row = 0; row < height; row += each[1])
      for (let column = 0; column < width; column += each[2]) {
        const count = Math.min(each[0], images - image);
        const size = [Math.min(each[1], height - row), Math.min(each[2], width - column)] as const;
        const first = (image * height + row) * width + column;
        const pixels = count * size[0] * size[1];
        made.push({ image, images: count, at: [row, column], size, first, pixels });
      }
  return made;
}
