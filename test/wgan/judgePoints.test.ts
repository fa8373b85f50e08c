// A generator of points is judged: one that draws from the toy itself, and one that knows a single mode.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { judgePoints } from "../../src/wgan/judgePoints";
import { DRAWS, meanOf } from "../../src/wgan/judging";
import { drawToy, modesOf } from "../../src/wgan/toys";

const calls: [part: string, done: number, of: number][] = [];
const judged = (draw: (count: number) => Promise<Float32Array>) =>
  judgePoints({
    ...{ toy: "8gaussians", draw, objective: "wgan-gp" },
    criticMean: async (points) =>
      points.filter((_, at) => at % 2 === 0).reduce((sum, x) => sum + x, 0) / (points.length / 2),
    hear: (...call) => void calls.push(call),
  });

test("the toy's own draws have all modes, the floor's share and the floor's distance", async () => {
  let seed = 1;
  const { figures } = await judged(async (count) => drawToy("8gaussians", count, seed++).points);
  assert.equal(
    figures.map(({ name }) => name),
    [
      "modes hit, of 8",
      "within 3 deviations of one, %",
      "Wasserstein-1 distance",
      "the critic's estimate of it",
    ],
  );
  const [modes, share, distance] = figures.map(({ generated, real }) => [meanOf(generated), meanOf(real)]);
  assert.equal(modes, [8, 8]);
  for (const each of share) assert.ok(Math.abs(each - 98.89) < 0.3, `${each}`);
  assert.ok(distance[0] / distance[1] > 0.6 && distance[0] / distance[1] < 1.6, `${distance}`);
  assert.equal(
    calls,
    Array.from({ length: DRAWS }, (_, i) => ["10 draws of 2500 points", i, DRAWS]),
  );
});

test("a generator of one mode has one, all near it, at the mean way of the others' points", async () => {
  const { centres } = modesOf("8gaussians")!;
  const one = async (count: number) => Float32Array.from({ length: 2 * count }, (_, at) => centres[at % 2]);
  const { figures } = await judged(one);
  const [modes, share, distance, estimate] = figures.map(({ generated }) => meanOf(generated));
  assert.equal([modes, share], [1, 100]);
  const ways = Array.from({ length: 8 }, (_, i) => 2 * Math.SQRT2 * Math.sin((Math.PI / 8) * i));
  assert.ok(Math.abs(distance - meanOf(ways)) < 0.05, `${distance}`);
  assert.ok(Math.abs(estimate - (0 - centres[0])) < 0.05, `${estimate}`); // of a critic that gives x
});

test("without a critic its estimate is left out, and a note says so", async () => {
  const draw = async (count: number) => drawToy("8gaussians", count, 1).points;
  const judged = { toy: "8gaussians", draw, objective: "wgan-gp", hear: () => {} } as const;
  const { figures, notes } = await judgePoints(judged);
  assert.not.ok(figures.some(({ name }) => name.includes("critic")));
  assert.is(notes.at(-1), "the critic's estimate of it is left out: the run has no critic");
});

test.run();
