// The ONNX files in ONNX Runtime: what it computes is what our layers compute.
import * as ort from "onnxruntime-web";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeOnnx } from "../../src/exports/onnx";
import { type Case, cases, channelsFirst, difference, holdTo } from "./cases";

async function differenceOf({ network, state, input, output }: Case): Promise<number> {
  const session = await ort.InferenceSession.create(encodeOnnx(network, state, "0.1.0"));
  const { shape, data } = channelsFirst(input);
  const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", data, shape) };
  const result = (await session.run(feeds))[session.outputNames[0]];
  const wanted = channelsFirst(output);
  assert.equal(result.dims, [...wanted.shape]);
  await session.release();
  return difference(result.data as Float32Array, wanted.data);
}

test("ONNX Runtime computes what we compute, to 1e-5, for every network of every case", async () => {
  const errors: [string, number][] = [];
  for (const each of await cases()) errors.push([each.name, await differenceOf(each)]);
  holdTo(1e-5, "ONNX Runtime", errors);
});

test.run();
