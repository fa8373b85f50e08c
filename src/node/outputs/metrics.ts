// The losses in the forms that other tools read: lines of JSON, one flat object at the end, TensorBoard's events.
// Numbers have nine significant digits as in losses.csv, which give an f32 back exactly.
import { eventRecord } from "../../formats/tfevents";
import { medianFilter } from "../../wgan/curves";
import type { LossRow } from "../lossFile";

const nine = (value: number) => Number(value.toPrecision(9));

/** A row by the names that it has in losses.csv. JSON has no NaN: there it becomes null. */
const named = (row: LossRow) => ({
  step: row.step,
  critic_real: nine(row.criticReal),
  critic_fake: nine(row.criticFake),
  generator: nine(row.generator),
  wasserstein: nine(row.wasserstein),
  seconds: Number(row.seconds.toFixed(3)),
});

/** One line of metrics.jsonl. */
export const metricsLine = (row: LossRow): string => `${JSON.stringify(named(row))}\n`;

/** What metrics.json tells: the last row, the end of the filtered estimate, and the rate. */
export function finalMetrics(rows: readonly LossRow[]): Record<string, number> {
  const last = rows.at(-1);
  if (!last) return {};
  const medians = medianFilter(rows.map(({ wasserstein }) => wasserstein));
  return {
    ...named(last),
    wasserstein_median: nine(medians[medians.length - 1]),
    steps_per_second: Number((last.step / last.seconds).toPrecision(4)),
  };
}

/** The text of metrics.json. */
export const metricsText = (metrics: Record<string, number>): string =>
  `${JSON.stringify(metrics, null, 2)}\n`;

/** The record of a row for TensorBoard; `wallTime` in seconds since 1970. */
export function lossRecord(row: LossRow, wallTime: number): Uint8Array {
  const { critic_real, critic_fake, generator, wasserstein } = named(row);
  return eventRecord({
    wallTime,
    step: row.step,
    scalars: {
      "losses/critic_real": critic_real,
      "losses/critic_fake": critic_fake,
      "losses/generator": generator,
      "losses/wasserstein": wasserstein,
    },
  });
}

/** The record of a step's picture, a PNG file that is grey or RGB as `encodePng` writes it. */
export function pictureRecord(step: number, png: Uint8Array, wallTime: number): Uint8Array {
  // The header chunk comes first in every PNG: width, height, bit depth, colour type.
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height, colourType] = [view.getUint32(16), view.getUint32(20), view.getUint8(25)];
  const channels = colourType === 0 ? 1 : 3;
  return eventRecord({ wallTime, step, images: { samples: { png, width, height, channels } } });
}
