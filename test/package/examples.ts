// Runs the examples of docs/api.md in the package that is installed.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { installed, run } from "./installed";

/** What each example gives, by module and name; what it throws, where it does. */
export function ran(): Record<string, Record<string, string>> {
  const examples = pathToFileURL(resolve("scripts/apiExamples.mjs")).href;
  const program = `import * as monge from "monge";
import * as nn from "monge/nn";
import * as wgan from "monge/wgan";
import * as examples from "${examples}";

const scope = { ...monge, ...nn, ...wgan };
const AsyncFunction = (async () => {}).constructor;
const short = (number) => Number(number.toPrecision(4));
const nested = (numbers, [size, ...rest]) =>
  size === undefined ? short(numbers[0]) : Array.from({ length: size }, (_, i) => {
    const part = numbers.length / size;
    return nested(numbers.slice(i * part, (i + 1) * part), rest);
  });
async function shown(value) {
  if (value instanceof monge.Tensor) return shown(nested([...(await value.data())], value.shape));
  if (ArrayBuffer.isView(value)) return shown([...value].map(short));
  return typeof value === "object" ? JSON.stringify(value).replaceAll(",", ", ") : String(value);
}
async function runs(example) {
  const code = example.slice(0, example.lastIndexOf(" //"));
  const at = Math.max(code.lastIndexOf("; "), code.lastIndexOf("} new")) + 1;
  const body = code.slice(0, at) + "\\n return " + code.slice(at).trim();
  return shown(await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope)));
}
await monge.openDevice();
monge.closeDevice();
const told = {};
for (const [module, all] of Object.entries(examples)) {
  told[module] = {};
  for (const [name, example] of Object.entries(all))
    told[module][name] = await runs(example).catch(String);
}
console.log(JSON.stringify(told));
monge.closeDevice();
`;
  const file = join(installed(), "examples.mjs");
  writeFileSync(file, program);
  return JSON.parse(run(process.execPath, [file]));
}
