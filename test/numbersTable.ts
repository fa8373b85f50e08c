// Writes docs/drivers/NAME.json for the adapter it runs on, and docs/non-finite.md and docs/accuracy.md of all the
// drivers there. usage: npm run numbers
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { functions } from "./autograd/accuracy";
import { isRight, observe, show } from "./autograd/nonFinite";
import { device } from "./device";
import { collect, keyOf, type Numbers } from "./numbers";

if (process.argv.length > 2) {
  console.error(`monge: numbers takes no options, got ${process.argv.slice(2).join(" ")}.`);
  process.exit(1);
}
const folder = "docs/drivers";
const { info } = await device();
const name = /llvmpipe/i.test(info.driver)
  ? "lavapipe"
  : /swiftshader/i.test(info.driver)
    ? "SwiftShader"
    : info.name;
const collected = await collect(name, `${info.name} (${info.driver})`);
mkdirSync(folder, { recursive: true });
writeFileSync(
  `${folder}/${name.toLowerCase().replace(/\W+/g, "-")}.json`,
  `${JSON.stringify(collected, null, 1)}\n`,
);

const drivers = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .sort()
  .map((file): Numbers => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
const observations = await observe();
const adapters = drivers.map((driver) => `- ${driver.name}: ${driver.adapter}`).join("\n");
const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
const table = (heads: string[], rows: (string | number)[][]) =>
  [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");

let op = "";
const cases = observations.map((each) => {
  const right = show(each.right);
  const first = each.op === op ? "" : each.op;
  op = each.op;
  const cells = drivers.map(({ nonFinite }) => {
    const got = nonFinite[keyOf(each)] ?? "not run";
    return got === right ? got : `**${got}**`;
  });
  return [first, each.what, right, ...cells];
});
writeFileSync(
  "docs/non-finite.md",
  `# Numbers that are not finite
Every op, on every driver, gives NaN for NaN, and treats infinities as IEEE 754 does. So a run that goes wrong shows it.
WGSL itself promises neither. \`npm run numbers\` writes this page; \`test/autograd/nonFinite.test.ts\`
holds every case, sees that every op has one, and puts NaN and infinities into the cases of all derivatives. The columns
of Chromium, Deno and Firefox come from \`node scripts/deno.mjs --numbers\` and its sisters.

- A comparison with NaN does not hold, so it gives 0; \`inside\` too. x⁰ and 1ᵖ are 1 even with NaN.
- Where an op is constant its derivative is 0, whatever gradient comes back. But \`max\` and \`min\` over axes, \`abs\` at 0 and
  functions that are flat far out make NaN of an infinite gradient, as in PyTorch.
- At NaN the derivatives are PyTorch's: relu's is 1, leaky relu's the slope, clamp's 0, maximum's 1 by both. But sign
  and abs's derivative are NaN there, where PyTorch has 0.
- A convolution's tap beside the image is no term of the sum, so it makes no NaN of an infinite weight. The same holds
  for all else that is no term of a sum (\`test/kernels/nonFinite.test.ts\`, in every kernel family).
- \`clamp\`, \`clip\` and the optimisers' bounds give \`high\` where \`low\` is above it.
- Over an empty axis the sum is 0, the maximum −∞, the minimum ∞ and the mean NaN.

${adapters}

Each column is what that driver gave, rounded to four digits; what differs from the right result is bold.

${table(["op", "case", "right", ...drivers.map((driver) => driver.name)], cases)}
`,
);

const measured = functions.map(({ name, bound }) => {
  const cells = drivers.flatMap(({ accuracy }) => {
    const found = accuracy.find((each) => each.name === name);
    if (!found) return ["not run", ""];
    const ulps = found.ulps.toPrecision(2);
    return [found.ulps <= bound ? ulps : `**${ulps}**`, found.wrong ? `**${found.wrong}**` : found.subnormal];
  });
  return [name, bound, ...cells];
});
writeFileSync(
  "docs/accuracy.md",
  `# Accuracy
The elementwise functions over the whole range of f32, against float64: ${measured.length} functions at 512 points of each
exponent and sign, the neighbours of powers of two among them, and 0 and ∞. \`npm run numbers\` writes this page;
\`test/autograd/accuracy.test.ts\` holds the bounds.

- An error is counted in units in the last place of the right result: half a unit is the best there is, and one is at
  most 1.2e-7 of the result.
- exp, log, pow, tanh, sigmoid, softplus, gelu, silu, sin and cos are computed by \`shaders/math.wgsl\` alone, since drivers
  differ: log near 1 and tanh near 0 may have no right digit, and log of 0 may be finite. Sums, products, quotients and roots are the
  driver's; WGSL lets it err by 2.5 units in a quotient.
- Subnormal numbers (below 1.2e-38): WGSL lets a driver take them for 0, going in or coming out. "right" means that all
  came out right, "0" that some were taken for 0; nothing else may come of them. log and the roots of such a number
  are right on every driver.
- sin and cos are held to their bound up to |x| = 2¹³, also near the multiples of π/2; WGSL promises nothing for its own
  from π on. Beyond 2¹³ they are right for a number that is off by half a unit in the last place of x. From 2²² on that is
  half a radian or more, and they are NaN. If you need more, bring an angle near 0 before it is rounded to f32.
- The derivatives of tanh and sigmoid are computed from the results, as 1 − y² and y (1 − y). Where y is close to 1 they
  are right to a unit of 1, not to one of themselves.

${adapters}

${table(["function", "bound", ...drivers.flatMap(({ name }) => [name, `subnormal, ${name}`])], measured)}
`,
);
console.log(
  `docs/non-finite.md: ${cases.length} cases; docs/accuracy.md: ${measured.length} functions; on ${name}`,
);
const failed = observations.filter((each) => !isRight(each)).length;
process.exit(failed === 0 ? 0 : 1);
