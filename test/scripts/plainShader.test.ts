// What the package keeps of a shader's text.
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** What scripts/plainShader.mjs makes of a text, with short names or its own. */
function plain(text: string, short = false): string {
  const program = `import { plainShader, shortNames } from "./scripts/plainShader.mjs";
    const text = ${JSON.stringify(text)};
    process.stdout.write(plainShader(text, ${short ? "shortNames([text])" : undefined}));`;
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

test("names are short, with an underscore where a user's kernel could have the same; what others ask for by name stays", () => {
  const text =
    "override WIDE = 1; const MOST = 3u; struct Sizes { rows: u32 } struct Pair { rows: f32, half: f32 } var<uniform> P: Sizes; var<storage, read> table: array<f32>;" +
    "fn larger_of(value: f32, step: f32, workgroup: f32) -> f32 { let half = value; var rows = half; return rows; }" +
    "@compute @workgroup_size(MOST) fn main() { let a = 1; let variance = step(larger_of(1, 2, a), WIDE); }";
  assert.is(
    plain(text, true),
    "override WIDE=1;const _2=3u;struct _0{rows:u32}struct _3{rows:f32,h:f32}var<uniform>P:_0;" +
      "var<storage,read>_4:array<f32>;fn _1(v:f32,step:f32,workgroup:f32)->f32{let h=v;var rows=h;return rows;}" +
      "@compute@workgroup_size(_2)fn main(){let a=1;let v=step(_1(1,2,a),WIDE);}\n",
  );
});

test.run();
