// Level lines of a function that is known on a grid: marching squares, linear between neighbouring values.
// A cell with a corner that is not finite has no line.

/** A function's values on a grid, row by row from the least y; `columns` values a row. */
export interface Field {
  values: Float32Array;
  columns: number;
}

/** `count` levels at equal distances, strictly between the least and the greatest finite value; none of a constant. */
export function evenLevels(values: Float32Array, count: number): number[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (!(greatest > least)) return [];
  return Array.from({ length: count }, (_, i) => least + ((i + 1) * (greatest - least)) / (count + 1));
}

/**
 * The set where the field is `level`, as segments x0, y0, x1, y1 in the grid's coordinates: the value in column c of
 * row r stands at (c, r). Where two opposite corners of a cell lie above and two below, its mean decides who is joined.
 */
export function levelSet({ values, columns }: Field, level: number): number[] {
  const rows = values.length / columns;
  const segments: number[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      // Around the cell: its corners, and between each and the next the place where the level is crossed.
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      if (!corners.every(Number.isFinite)) continue;
      const above = corners.map((value) => value > level);
      const crossings: { x: number; y: number }[] = [];
      for (let side = 0; side < 4; side++) {
        const next = (side + 1) % 4;
        if (above[side] === above[next]) continue;
        const t = (level - corners[side]) / (corners[next] - corners[side]);
        const [dx, dy] = [
          [t, 0],
          [1, t],
          [1 - t, 1],
          [0, 1 - t],
        ][side];
        crossings.push({ x: column + dx, y: row + dy });
      }
      // Of four crossings each segment goes round a corner that the mean cuts off: 0 and 2, or 1 and 3.
      const mean = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
      const start = crossings.length === 4 && mean > level !== above[0] ? 3 : 0;
      for (let i = start; i < start + crossings.length; i += 2) {
        const [one, two] = [crossings[i % crossings.length], crossings[(i + 1) % crossings.length]];
        segments.push(one.x, one.y, two.x, two.y);
      }
    }
  }
  return segments;
}
