// The pages for who comes from another library: what stands on our side is there, and their programs print what they say.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installed, run } from "./installed";

for (const page of ["from-pytorch", "from-tfjs"]) {
  const text = readFileSync(`docs/${page}.md`, "utf8");

  test(`docs/${page}.md: our side of the table names what the package exports`, () => {
    const rows = [...text.matchAll(/^\| `.*` +\| (`.*`) +\|$/gm)].map(([, ours]) => ours);
    assert.ok(rows.length > 20, `${rows.length}`);
    const names = rows.flatMap((row) => row.match(/(?<![.\w])[a-zA-Z]\w*(?=\()/g) ?? []);
    const program = `import * as monge from "monge"; import * as nn from "monge/nn";
      console.log(Object.keys({ ...monge, ...nn }).join());`;
    const exported = run(process.execPath, ["--input-type=module", "--eval", program]).trim().split(",");
    for (const name of names.filter((one) => one !== "f")) assert.ok(exported.includes(name), name);
  });

  test(`docs/${page}.md: our program prints what stands behind it`, () => {
    const [, program, printed] = text.match(/```js\n([\s\S]*?)```\n\nprints\n\n```text\n([\s\S]*?)```/)!;
    writeFileSync(join(installed(), `${page}.mjs`), program);
    assert.is(run(process.execPath, [`${page}.mjs`]), printed);
  });
}

test.run();
