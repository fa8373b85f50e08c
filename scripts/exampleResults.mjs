// What each program of examples/ has to print: tests and `npm run check:package` hold them to it. Bounds are wide enough
// for other drivers and other digits, and too narrow for a program that has learned nothing.

const within = (low, high) => (number) => number >= low && number <= high;
const near = (wanted, by) => within(wanted - by, wanted + by);

/** By the program's name: a check for each number that it prints. */
export const exampleResults = {
  "01-line": { numbers: [near(2, 0.05), near(0.5, 0.05)] },
  "02-xor": { numbers: [within(0, 0.01), ...[0, 1, 1, 0].map((answer) => near(answer, 0.05))] },
  "03-digits": { numbers: [within(85, 100)] },
  "04-autoencoder": { numbers: [within(0, 60)] },
  "05-dcgan": { numbers: [near(-0.74, 0.1), near(-0.74, 0.25)] },
  "06-wgan": { numbers: [near(2, 0.3), near(-1, 0.3)] },
  "07-wgan-gp": { numbers: [within(60, 100)] },
  "08-conditional": { numbers: [-2, 0, 0, 2, 2, 0].map((centre) => near(centre, 0.7)) },
  "09-save": { says: "same bits true\n" },
  "10-new-op": { says: "y -9 0.25 4\ndx 6 1 4\nddx -2 2 2\n" },
};

/** What is wrong with what a program has printed; undefined where nothing is. */
export function wrongIn(name, printed) {
  const { numbers, says } = exampleResults[name];
  if (says !== undefined) return printed === says ? undefined : `${name} printed ${printed}`;
  const found = (printed.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  const right = found.length === numbers.length && found.every((number, i) => numbers[i](number));
  return right ? undefined : `${name} printed ${printed}`;
}
