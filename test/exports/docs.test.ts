// The programs in docs/exports.md run as they stand there, on a run of the tutorial's networks.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode, type Format } from "../../src/exports/formats";
import { describeNetwork } from "../../src/exports/network";
import { configOf, randomState } from "./cases";
import { PYTHON, pythonHas } from "./python";

const page = readFileSync("docs/exports.md", "utf8");
// In the project, so that Node finds the packages.
const folder = resolve(mkdtempSync("dist/exports-"));
test.after(() => rmSync(folder, { recursive: true }));

const config = configOf("tutorial", [28, 28, 1]);
const trained = (["generator", "critic"] as const).map((name) => {
  const network = describeNetwork(config, name);
  return { network, state: randomState(network) };
});

/** Writes the files of a format, and gives the program under its heading with their folder in it. */
function programOf(heading: string, language: string, format: Format, address?: string): string {
  for (const [name, content] of encode(format, trained, "0")) {
    mkdirSync(dirname(join(folder, format, name)), { recursive: true });
    writeFileSync(join(folder, format, name), content);
  }
  const [section] = page.split("\n## ").filter((each) => each.startsWith(`${heading}\n`));
  const [, program] = section.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))!;
  return program.replace(/"[^"]*\/my-run\//, `"${address ?? folder}/`);
}

async function node(name: string, program: string): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const code = await new Promise((done) => child.on("close", done));
  assert.is(code, 0, errors);
  return output;
}

function python(program: string, cwd: string): string {
  const { stdout, stderr, status } = spawnSync(PYTHON, ["-c", program], { cwd, encoding: "utf8" });
  assert.is(status, 0, stderr);
  return stdout;
}

test("ONNX", async () => {
  const output = await node("onnx.mjs", programOf("ONNX", "js", "onnx"));
  assert.match(output, /\[ 4, 1, 28, 28 \] Float32Array\(4\) \[/);
});

test("TensorFlow.js", async () => {
  const server = createServer(({ url }, response) => response.end(readFileSync(join(folder, url!))));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const output = await node("tfjs.mjs", programOf("TensorFlow.js", "js", "tfjs", address));
    assert.match(output, /\[ 4, 28, 28, 1 \] Float32Array\(4\) \[/);
  } finally {
    server.close();
  }
});

(pythonHas("torch") ? test : test.skip)("PyTorch", () => {
  const program = programOf("PyTorch", "python", "torch");
  assert.match(python(program, join(folder, "torch")), /^torch\.Size\(\[4, 1, 28, 28\]\) tensor\(\[/);
});

(pythonHas("numpy") ? test : test.skip)("safetensors", () => {
  const output = python(programOf("safetensors", "python", "safetensors"), folder);
  assert.match(
    output,
    /^linear \[50\] -> \[6272\]\nrelu \[6272\] -> \[6272\]\nreshape \[6272\] -> \[7, 7, 128\]\n/,
  );
  assert.match(output, /\ntanh \[28, 28, 1\] -> \[28, 28, 1\]\n0\.\d+\n$/);
});

test.run();
