// docs/glossary.md shows for every term a file that is there, by its own name, and a word that stands in it.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const rows = readFileSync("docs/glossary.md", "utf8")
  .split("\n")
  .filter((line) => /^\| (?!term |---)/.test(line));

test("each row leads to a symbol", () => {
  assert.ok(rows.length > 40);
  for (const row of rows) {
    const place = row.match(/\| \[(\S+)\]\((\S+)\) `(\w+)` \|$/);
    assert.ok(place, row);
    const [, name, path, symbol] = place;
    assert.is(basename(path), name, row);
    assert.match(readFileSync(join("docs", path), "utf8"), new RegExp(`\\b${symbol}\\b`), row);
  }
});

test("no term stands twice", () => {
  const terms = rows.map((row) => row.split(" | ")[0]);
  assert.equal([...new Set(terms)], terms);
});

test.run();
