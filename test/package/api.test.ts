// docs/api.md: it tells of every export, is what the sources say now, and its examples give what stands behind them.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ran } from "./examples";
import { installed, run } from "./installed";

interface Api {
  markdown: string;
  missing: string[];
  values: Record<string, string[]>;
}

/** What an expression in `module`, a file of scripts/, gives. */
function asked<T>(file: string, expression: string): T {
  const url = pathToFileURL(resolve("scripts", file)).href;
  const program = `import * as module from "${url}"; console.log(JSON.stringify(${expression}));`;
  return JSON.parse(run(process.execPath, ["--input-type=module", "--eval", program], process.cwd()));
}

let read: Api | undefined;
const api = (): Api => {
  read ??= asked<Api>("readApi.mjs", "module.api()");
  return read;
};
const examples = () => asked<Record<string, Record<string, string>>>("apiExamples.mjs", "module");

test("every export and every public method has a docstring", () => {
  assert.equal(api().missing, []);
});

test("docs/api.md is what npm run api writes", () => {
  assert.is(readFileSync("docs/api.md", "utf8") === api().markdown, true, "run npm run api");
});

/** Types of TypeScript itself, and WebGPU's; what JavaScript has is found by its name. */
const others =
  /^(ArrayLike|ArrayBufferView|Parameters|Required|Pick|Partial|Record|Omit|Readonly|ReadonlySet|Iterable|GPU[A-Z]\w*|[A-Z])$/;

test("each type that the page's signatures name is told on the page", () => {
  const page = readFileSync("docs/api.md", "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g), ...page.matchAll(/^- `([^`]*)`/gm)];
  const told = new Set([...page.matchAll(/^(?:type|interface|class|const) (\w+)/gm)].map(([, name]) => name));
  const named = blocks.flatMap(([, code]) => [
    ...code
      .replace(/"[^"]*"/g, "")
      .replace(/\w+\??:(?=[ \])])/g, "") // a field's name
      .matchAll(/(?<![.\w])[A-Z]\w*/g),
  ]);
  assert.ok(named.length > 500);
  const unknown = named.map(([name]) => name).filter((name) => !(name in globalThis || others.test(name)));
  assert.equal(
    [...new Set(unknown)].filter((name) => !told.has(name)),
    [],
  );
});

test("the page's program does what it says", () => {
  const [, program] = readFileSync("docs/api.md", "utf8").match(/```js\n(import[\s\S]*?)```/)!;
  writeFileSync(join(installed(), "api.mjs"), program);
  assert.is(run(process.execPath, ["api.mjs"]), "true\n");
});

test("every value that is exported has an example, and no other name has", () => {
  const all = examples();
  for (const [module, names] of Object.entries(api().values)) {
    assert.ok(names.length > 15, module);
    assert.equal(Object.keys(all[module.replace("monge/", "")]).sort(), [...names].sort());
  }
});

test("every example gives what stands behind it", () => {
  const told = ran();
  for (const [module, all] of Object.entries(examples()))
    for (const [name, example] of Object.entries(all))
      assert.is(told[module][name], example.slice(example.lastIndexOf(" // ") + 4), `${name}: ${example}`);
});

test.run();
