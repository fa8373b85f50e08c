// The programs of examples/, in a project that has the package: each is short, and does what it says.
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { exampleResults, wrongIn } from "../../scripts/exampleResults.mjs";
import { installed, run } from "./installed";

const files = readdirSync("examples").filter((name) => name.endsWith(".js"));

test("each is numbered, has a result to be held to, and 60 lines at most", () => {
  const programs = files.filter((name) => name !== "data.js");
  assert.equal(
    programs,
    Object.keys(exampleResults).map((name) => `${name}.js`),
  );
  for (const name of files) {
    const lines = readFileSync(join("examples", name), "utf8").split("\n").length - 1;
    assert.ok(lines <= 60, `${name}: ${lines} lines`);
  }
});

test("the page on them names each", () => {
  const page = readFileSync("examples/README.md", "utf8");
  for (const name of files) assert.ok(page.includes(`(${name})`), name);
});

for (const name of Object.keys(exampleResults)) {
  test(`examples/${name}.js prints what it should`, () => {
    cpSync("examples", join(installed(), "examples"), { recursive: true });
    assert.is(wrongIn(name, run(process.execPath, [join("examples", `${name}.js`)])), undefined);
  });
}

test.run();
