// The bench's command line: which peers and rows there are, and the one line for everything else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { help, parseOptions } from "../../bench/options";
import { rowNames } from "../../bench/rows";
import { complaint } from "../node/complaint";

test("peers come in the order of the report; PyTorch's interpreter goes with any form of it", () => {
  const { peers, python } = parseOptions(["--peers", "torch-graphs,torch,tfjs", "--python", "python3"]);
  assert.equal(peers, ["tfjs", "torch", "torch-graphs"]);
  assert.is(python, "python3");
  assert.equal(parseOptions([]).peers, ["tfjs", "jax"]);
  assert.equal(parseOptions(["--peers", "none"]).peers, []);
});

test("what is off gets one line", () => {
  assert.is(
    complaint(parseOptions, "--peers torch,cntk"),
    '--peers "torch,cntk": expected some of tfjs,jax,torch,torch-compile,torch-graphs, or none.',
  );
  assert.is(
    complaint(parseOptions, "--python python3 --peers jax"),
    "--python goes with PyTorch among the --peers: no other peer needs it.",
  );
  assert.is(
    complaint(parseOptions, "--only nothing"),
    '--only "nothing": no row has such a name. npm run bench -- --help lists them.',
  );
});

test("help lists every row", () => {
  for (const name of rowNames) assert.ok(help.includes(name), name);
});

test.run();
