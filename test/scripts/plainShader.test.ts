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

test("comments, lines and spaces beside marks go; the line that names other files and all code stay", () => {
  const text =
    "// uses: each, math\n// What it does.\n\nfn f() -> f32 {\n  return 1.0 / 2.0; // half\n}\n/* a\n b */\n";
  assert.is(plain(text), "// uses: each, math\nfn f()->f32{return 1./2.;}\n");
});

test("marks that would become others stay apart", () => {
  assert.is(
    plain("let a: array<f32> = b; let c = d - -e; f += g * *h; i = j / *k; l = m > = n;"),
    "let a:array<f32> = b;let c=d - -e;f+=g * *h;i=j / *k;l=m > = n;\n",
  );
});

test("a shader that names no others has none in front", () => {
  assert.is(
    plain("// What it does.\n// uses: it stands too late\nvar<private> x: f32;"),
    "var<private>x:f32;\n",
  );
});

test.run();
