// The names of the settings, and that docs/settings.md has each of them.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { settingNames } from "../../src/node/settingNames";

test("docs/settings.md has a row for every setting, and for nothing else", () => {
  const rows = readFileSync("docs/settings.md", "utf8").match(/^\| `.*$/gm)!;
  const named = rows.flatMap((row) => {
    const [, first] = row.split(" | ")[0].match(/^\| (.*)$/)!;
    return [...first.replace(/\([^)]*\)/g, "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  });
  assert.equal(named.sort(), [...settingNames].sort());
});

test.run();
