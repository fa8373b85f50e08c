// The files for PyTorch in PyTorch: model.py builds what our layers compute, its reader needs numpy alone.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import { torchProgram, torchState } from "../../src/exports/torch";
import { encodeSafetensors } from "../../src/formats/safetensors";
import { temporaryFolder } from "../node/temporary";
import { cases, channelsFirst, difference, holdTo } from "./cases";
import { python, pythonHas } from "./python";

const hasTorch = pythonHas("torch");
const withTorch = hasTorch ? test : test.skip;

/** Runs the networks of all folders on their input; without safetensors, which is not to be needed. */
const runAll = `
import importlib.util, pathlib, sys
sys.modules["safetensors"] = None
import torch
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    for name in ("generator", "critic"):
        x = model.read(folder / (name + "-input.safetensors"))["x"]
        with torch.no_grad():
            y = model.load(name)(x)
        (folder / (name + "-output")).write_bytes(y.contiguous().numpy().tobytes())
`;

withTorch("PyTorch computes what we compute, to 1e-5, for every network of every case", async () => {
  const base = temporaryFolder();
  const all = await cases();
  const folderOf = (i: number) => join(base, String(Math.floor(i / 2)).padStart(3, "0"));
  for (const [i, { network, state, input }] of all.entries()) {
    const folder = folderOf(i);
    mkdirSync(folder, { recursive: true });
    const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
    write(`${network.name}.safetensors`, encodeSafetensors(torchState(network, state)));
    write(`${network.name}-input.safetensors`, encodeSafetensors({ x: channelsFirst(input) }));
    if (i % 2 === 1) write("model.py", torchProgram([all[i - 1].network, network]));
  }
  python(runAll, base);
  const errors: [string, number][] = [];
  for (const [i, { name, network, output }] of all.entries()) {
    const bytes = readFileSync(join(folderOf(i), `${network.name}-output`));
    const got = new Float32Array(Uint8Array.from(bytes).buffer);
    const error = difference(got, channelsFirst(output).data);
    errors.push([name, error]);
  }
  holdTo(1e-5, "PyTorch", errors);
});

test.run();
