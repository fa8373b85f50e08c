// All that a run shows, made from the files of its folder; and the report, whatever the texts in it are.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluationLine } from "../../../src/node/outputs/metrics";
import { samplesOf, writeOutputs } from "../../../src/node/outputs/outputs";
import { reportPage } from "../../../src/node/outputs/report";
import { decodePng, encodePng } from "../../../src/node/png";
import { temporaryFolder } from "../temporary";
import { madeUpRows } from "./rows";

const rows = madeUpRows(40);
const png = (value: number) =>
  encodePng({ bytes: new Uint8ClampedArray(400).fill(value), width: 20, height: 20 });

function folderOfRun(): string {
  const path = join(temporaryFolder(), "my <run>");
  mkdirSync(join(path, "samples"), { recursive: true });
  writeFileSync(join(path, "config.yaml"), "# a comment\npreset: small # </pre><script>\n");
  for (const step of [10, 1_000_000, 20]) {
    writeFileSync(join(path, "samples", `step-${String(step).padStart(6, "0")}.png`), png(step % 256));
  }
  writeFileSync(join(path, "samples", "notes.txt"), "");
  writeFileSync(join(path, "latent.png"), png(7));
  return path;
}

const write = async (path: string) => {
  const said: string[] = [];
  await writeOutputs({ path, rows, summary: "a & b", warn: (line) => said.push(line) });
  return said;
};

test("plot, animation, numbers and report are written from the folder's files, and the same again", async () => {
  const path = folderOfRun();
  assert.equal(await write(path), []);
  const names = ["losses.png", "losses.svg", "metrics.json", "report.html", "training.gif"];
  for (const name of names) assert.ok(readdirSync(path).includes(name), name);
  const before = names.map((name) => readFileSync(join(path, name)));
  assert.equal(await write(path), []);
  assert.equal(
    names.map((name) => readFileSync(join(path, name))),
    before,
  );
  assert.is(JSON.parse(readFileSync(join(path, "metrics.json"), "utf8")).step, rows.at(-1)?.step);
});

test("what was measured has a plot of its own, and its last and best are among the numbers", async () => {
  const path = folderOfRun();
  const line = (step: number) =>
    evaluationLine({
      ...{ step, seconds: 1 },
      figures: { frechet: 100 / step, frechet_floor: 1, class_a: 3, class_b: step },
    });
  writeFileSync(join(path, "metrics.jsonl"), line(10) + line(20));
  assert.equal(await write(path), []);
  const svg = readFileSync(join(path, "evaluation.svg"), "utf8");
  for (const text of ["Fréchet distance", "real ones, the floor", "taken for"])
    assert.ok(svg.includes(text), text);
  assert.ok(readdirSync(path).includes("evaluation.png"));
  assert.is(JSON.parse(readFileSync(join(path, "metrics.json"), "utf8")).best_frechet, 5);

  const stacks = { modes_kl: 0.2, modes_kl_floor: 0.02, modes: 990, real_read_right: 0.98 };
  writeFileSync(join(path, "metrics.jsonl"), evaluationLine({ step: 10, seconds: 1, figures: stacks }));
  assert.equal(await write(path), []);
  const ofStacks = readFileSync(join(path, "evaluation.svg"), "utf8");
  for (const text of ["KL of modes to uniform", "modes hit"]) assert.ok(ofStacks.includes(text), text);
  assert.not.match(ofStacks, /read right|undefined/);
});

test("a damaged sample costs the animation and one line, nothing else", async () => {
  const path = folderOfRun();
  writeFileSync(join(path, "samples", "step-000020.png"), png(1).subarray(0, 40));
  const said = await write(path);
  assert.is(said.length, 1, said.join("\n"));
  assert.match(said[0], /^training\.gif: left out, /);
  assert.ok(readdirSync(path).includes("report.html"));
});

test("a folder that is gone costs one line a file, and throws nothing", async () => {
  const path = folderOfRun();
  rmSync(path, { recursive: true });
  const said = await write(path);
  assert.equal(
    said.map((line) => line.split(":")[0]),
    ["losses.svg", "metrics.json", "report.html"],
  );
  for (const line of said) assert.not.match(line, /\n/);
});

test("samples are in the order of their steps, and other files are none", () => {
  assert.equal(
    samplesOf(folderOfRun()).map(({ step }) => step),
    [10, 20, 1_000_000],
  );
  assert.equal(samplesOf(temporaryFolder()), []);
});

test("the report holds all it shows, asks for nothing, and every text is escaped", async () => {
  const path = folderOfRun();
  await write(path);
  const page = readFileSync(join(path, "report.html"), "utf8");
  assert.match(page, /<title>my &lt;run&gt;<\/title>/);
  assert.match(page, /# &lt;\/pre&gt;&lt;script&gt;/);
  assert.not.match(page, /<script|<link rel="stylesheet"|(src|href)="(?!data:)/);
  const images = [
    ...page.matchAll(/<img src="data:image\/(png|gif|svg\+xml);base64,[\w+/=]+" alt="([^"]+)">/g),
  ];
  assert.is(images.length, 6); // losses, animation, latent space, three samples
  assert.is(images.length, [...page.matchAll(/<img/g)].length);
  for (const [, , alt] of images) assert.ok(alt.length > 15, alt);
});

test("quotes in a caption do not end the picture's alternative text", () => {
  const picture = { title: 'a"b', caption: "it's <i>", file: "<svg/>" };
  const page = reportPage({
    title: "t",
    summary: "s",
    metrics: { a_b: 1 / 3, c: "<" },
    pictures: [picture],
    config: "",
  });
  assert.match(page, /alt="a&quot;b: it&#39;s &lt;i&gt;"/);
  assert.match(page, /src="data:image\/svg\+xml;base64,PHN2Zy8\+"/);
  assert.match(page, /<dt>a b<\/dt><dd>0\.33333<\/dd>/);
});

test("a PNG in grey or in colours comes back as it was", () => {
  for (const channels of [1, 3]) {
    const bytes = Uint8ClampedArray.from({ length: 6 * channels }, (_, i) => i * 13);
    const picture = { bytes, width: 3, height: 2 };
    assert.equal(decodePng(encodePng(picture)), picture);
  }
  assert.throws(() => encodePng({ bytes: new Uint8ClampedArray(5), width: 2, height: 2 }), /5 bytes for 2x2/);
});

test.run();
