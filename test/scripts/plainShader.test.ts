// What the package keeps of a shader's text.
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** What scripts/plainShader.mjs makes of a text. */
function plain(text: string): string {
  const program = `import { plainShader } from "./scripts/plainShader.mjs";
    process.stdout.write(plainShader(${JSON.stringify(text)}));`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }).stdout;
}

test("comments, indents and empty lines go; the line that names other files and all code stay", () => {
  const text =
    "// uses: each, math\n// What it does.\n\nfn f() -> f32 {\n  return 1.0 / 2.0; // half\n}\n/* a\n b */\n";
  assert.is(plain(text), "// uses: each, math\nfn f() -> f32 {\nreturn 1.0 / 2.0;\n}\n");
});

test("a shader that names no others has none in front", () => {
  assert.is(
    plain("// What it does.\n// uses: it stands too late\nvar<private> x: f32;"),
    "var<private> x: f32;\n",
  );
});

test.run();
