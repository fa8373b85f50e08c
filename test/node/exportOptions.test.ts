// The command lines of export and import: what is read, and the one line for everything else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatNames } from "../../src/exports/formats";
import { exportHelp, importHelp, parseExportOptions, parseImportOptions } from "../../src/node/exportOptions";
import { complaint } from "./complaint";

test("export reads every option", () => {
  assert.equal(parseExportOptions("--run a --format onnx --out b".split(" ")), {
    ...{ run: "a", format: "onnx", best: false, out: "b", help: false },
  });
  assert.is(parseExportOptions(["--help"]).help, true);
});

test("import reads every option", () => {
  const words = "--generator g.h5 --critic c.h5 --preset wgan-gp --config a.yaml --shape 32x30x3 --out b";
  assert.equal(parseImportOptions(words.split(" ")), {
    ...{ generator: "g.h5", critic: "c.h5", preset: "wgan-gp", config: "a.yaml", shape: [32, 30, 3] },
    ...{ out: "b", help: false },
  });
  assert.is(parseImportOptions(["--help"]).help, true);
});

test("what is off gets one line, with the nearest name as a hint", () => {
  assert.is(
    complaint(parseExportOptions, "--format onnx"),
    "--run DIR is missing: name the folder of a training run.",
  );
  assert.is(
    complaint(parseExportOptions, "--run a"),
    "--format NAME is missing: expected one of safetensors, onnx, tfjs, torch.",
  );
  assert.is(
    complaint(parseExportOptions, "--run a --format keras"),
    '--format "keras": expected one of safetensors, onnx, tfjs, torch.',
  );
  assert.is(
    complaint(parseExportOptions, "--run a --formt onnx"),
    "unknown option --formt. Did you mean --format?",
  );
  assert.match(
    complaint(parseExportOptions, "--run a --format onnx --adapter x"),
    /^--adapter: .*without a GPU\.$/,
  );
  assert.is(
    complaint(parseImportOptions, "--preset wgan --out b"),
    "--generator FILE is missing. See npm run import -- --help.",
  );
  assert.is(
    complaint(parseImportOptions, "--generator a.h5 --out b"),
    "--preset NAME is missing. See npm run import -- --help.",
  );
  assert.is(
    complaint(parseImportOptions, "--generator a.h5 --preset wgan"),
    "--out DIR is missing. See npm run import -- --help.",
  );
  for (const shape of ["32", "32x32", "32x32x2", "0x32x1", "32x32x3x1", "32,32,3"])
    assert.is(
      complaint(parseImportOptions, `--generator a.h5 --preset wgan --out b --shape ${shape}`),
      `--shape "${shape}": expected rows, columns and 1 or 3 channels, such as 32x32x3.`,
    );
});

test("the help texts name every option and every format", () => {
  for (const name of ["run", "format", "out", "help"]) assert.match(exportHelp, `--${name}`);
  for (const name of formatNames) assert.match(exportHelp, name);
  for (const name of ["generator", "critic", "preset", "config", "shape", "out", "help"])
    assert.match(importHelp, `--${name}`);
});

test.run();
