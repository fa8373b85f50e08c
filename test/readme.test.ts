// The README's example runs as it stands there, and its commands exist.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";

const readme = readFileSync("README.md", "utf8");

test("the example of the engine fits a plane", async () => {
  const [, example] = readme.match(/```ts\n([\s\S]*?)```/)!;
  const folder = mkdtempSync("dist/readme-");
  try {
    const [source, bundle] = ["example.ts", "example.mjs"].map((name) => join(folder, name));
    writeFileSync(source, example.replaceAll('"./src/', '"../../src/'));
    const options = { bundle: true, format: "esm", platform: "node", loader: { ".wgsl": "text" } } as const;
    await build({
      ...options,
      entryPoints: [source],
      outfile: bundle,
      external: ["webgpu"],
      logLevel: "error",
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, [bundle], { encoding: "utf8" });
    assert.is(status, 0, stderr);
    const [a, b] = stdout
      .slice(stdout.indexOf("["))
      .match(/-?\d+(\.\d+)?/g)!
      .map(Number);
    assert.ok(Math.abs(a - 3) < 0.01 && Math.abs(b + 2) < 0.01, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

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
