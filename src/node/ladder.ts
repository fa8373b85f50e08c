// The command `npm run ladder`: every form of one matrix product and one convolution, checked and timed side by side.
import { convolutionLadder, inputGradientLadder } from "../ladder/convolution";
import { type Climbed, climb, type Ladder } from "../ladder/ladder";
import { matmulLadder } from "../ladder/matmul";
import { runCommand } from "./command";
import { openDevice } from "./device";
import { requireAdapter } from "./probe";
import { ladderHelp, parseLadderOptions } from "./toolOptions";

const head = ["form", "ms", "GFLOP/s", "times the first"];

/** About three digits, without an exponent. */
const digits = (value: number) => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

function rows({ work }: Ladder, climbed: Climbed[]): string[][] {
  return climbed.map(({ rung, ms }) => [
    rung.aside ? `(${rung.name})` : rung.name,
    digits(ms),
    digits(work / ms / 1e6),
    (climbed[0].ms / ms).toFixed(1),
  ]);
}

const markdown = (cells: string[][]) =>
  [head, ["---", "---:", "---:", "---:"], ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");

function plain(cells: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((row) => row[i].length)));
  return [head, ...cells]
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
    )
    .join("\n");
}

await runCommand(async () => {
  const options = parseLadderOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(ladderHelp);
  requireAdapter(options.adapter);
  const gpu = await openDevice({ adapter: options.adapter });
  const { size, batch, rounds } = options;
  const timer = gpu.device.features.has("timestamp-query") ? "the GPU's timestamps" : "the clock on the wall";
  console.log(
    `Run on: ${gpu.info.name} (${gpu.info.driver}), median of ${rounds} rounds by ${timer}. ` +
      "Every form was checked against float64 sums first.",
  );
  const layer = { images: batch, size: 14, ins: 128, outs: 128, kernel: 4, stride: 2, padding: 1 };
  for (const ladder of [
    matmulLadder(size, size, size),
    convolutionLadder(layer),
    inputGradientLadder(layer),
  ]) {
    const cells = rows(ladder, await climb(ladder, rounds));
    const title = `${ladder.title[0].toUpperCase()}${ladder.title.slice(1)}:`;
    console.log(`\n${title}\n\n${options.markdown ? markdown(cells) : plain(cells)}`);
  }
});
