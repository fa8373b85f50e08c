// What the README names is there; test/package runs its example.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

const readme = readFileSync("README.md", "utf8");

test("every npm command that it names is there", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const named = [...readme.matchAll(/npm run ([a-z-]+)/g)].map(([, name]) => name);
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(name in scripts, name);
});

test("every file that it links to is there", () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path);
  assert.ok(links.length > 5);
  for (const path of links) assert.ok(readFileSync(path).length > 0, path);
});

test.run();
