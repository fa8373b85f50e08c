// A run's folder: never another's, readable by people, and read back with care.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { PNG } from "pngjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { configText, readConfig } from "../../src/node/configFile";
import { encodePng } from "../../src/node/png";
import { createRunFolder } from "../../src/node/runFolder";
import { program } from "./program";
import { runConfig as config } from "./runConfig";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();
const make = (name: string) => createRunFolder(config, { out: join(base, name) });

test("a configuration comes back as it was written, and begins with a comment", () => {
  const run = make("whole");
  assert.equal(readConfig(run.path), config);
  assert.match(readFileSync(join(run.path, "config.yaml"), "utf8"), /^# .*\nmonge: 0\.1\.0\n/);
});

test("losses.csv has a header and one line a call; NaN and infinity stay visible", () => {
  const run = make("losses");
  const row = { criticReal: -0.5, criticFake: 0.25, generator: 1e-10, wasserstein: Number.NaN };
  run.losses.append([{ step: 1, ...row, seconds: 0.1234 }]);
  run.losses.append([
    { step: 2, ...row, criticReal: Math.fround(0.1), wasserstein: -Infinity, seconds: 2 },
    { step: 3, ...row, seconds: 3 },
  ]);
  const text = readFileSync(join(run.path, "losses.csv"), "utf8");
  assert.is(
    text,
    "step,critic_real,critic_fake,generator,wasserstein,seconds\n" +
      "1,-0.5,0.25,1e-10,NaN,0.123\n2,0.100000001,0.25,1e-10,-Infinity,2.000\n3,-0.5,0.25,1e-10,NaN,3.000\n",
  );
});

test("samples are PNG files named by step", () => {
  const run = make("samples");
  const png = encodePng({ bytes: Uint8ClampedArray.of(0, 128, 255, 7, 8, 9), width: 3, height: 2 });
  assert.is(run.writeSample(100, png), join(run.path, "samples", "step-000100.png"));
  const back = PNG.sync.read(readFileSync(join(run.path, "samples", "step-000100.png")));
  assert.equal([back.width, back.height], [3, 2]);
  assert.equal([...back.data.filter((_, i) => i % 4 === 0)], [0, 128, 255, 7, 8, 9]);
});

test("a folder that holds a run or anything else is left alone; an empty one is used", () => {
  make("held");
  assert.throws(
    () => make("held"),
    /held: holds a run already\. Go on with it by --resume \S+held, replace /,
  );
  writeFileSync(join(base, "file"), "");
  assert.throws(() => make("file"), /file: a file, expected a folder/);
  assert.throws(() => make("file/inside"), /a file, expected a folder/);
  mkdirSync(join(base, "other", "thing"), { recursive: true });
  assert.throws(() => make("other"), /other: isn't empty/);
  mkdirSync(join(base, "empty"));
  assert.equal(readdirSync(make("empty").path).sort(), [
    ...["checkpoints", "config.yaml", "losses.csv", "run.lock", "samples"],
  ]);
});

test("without a name the folder tells preset, digits and time, and two never share one", () => {
  const before = process.cwd();
  process.chdir(base);
  try {
    const options = { now: new Date(2030, 0, 2, 3, 4, 5) };
    assert.is(createRunFolder(config, options).path, join("runs", "wgan-01-20300102-030405"));
    assert.is(createRunFolder(config, options).path, join("runs", "wgan-01-20300102-030405-2"));
  } finally {
    process.chdir(before);
  }
});

test("runs that start at the same moment never share a folder, named by them or by --out", async () => {
  const file = await program(`
    import { createRunFolder } from "./src/node/runFolder";
    const [start, config, ...outs] = process.argv.slice(2);
    while (Date.now() < Number(start));
    for (const out of outs) {
      const options = { now: new Date(0), out: out || undefined };
      try { console.log(createRunFolder(JSON.parse(config), options).path); } catch (error) { console.log(error.message); }
    }`);
  const outs = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? "" : `out-${i}`));
  const start = String(Date.now() + 1000);
  const said = await Promise.all(
    [1, 2, 3].map(async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [file, start, JSON.stringify(config), ...outs],
        {
          cwd: base,
        },
      );
      return stdout.trimEnd().split("\n");
    }),
  );
  const all = said.flat();
  const fresh = all.filter((line) => line.startsWith("runs"));
  assert.is(new Set(fresh).size, 3 * 30);
  const taken = all.filter((line) =>
    /^--out out-\d+: holds a run already|^out-\d+: a run writes to this folder right now/.test(line),
  );
  assert.is(taken.length, 2 * 30, all.join("\n"));
});

test("a file in the place of a run's own folder is told in one line", () => {
  const path = join(base, "a-file-inside");
  mkdirSync(path);
  writeFileSync(join(path, "config.yaml"), configText(config));
  writeFileSync(join(path, "samples"), "");
  assert.throws(
    () => createRunFolder(config, { out: path, replace: true }),
    /a-file-inside\/samples: a file, expected a folder\.$/,
  );
});

test.run();
