// The layers models in TensorFlow.js: what it computes is what our layers compute.
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeTfjs } from "../../src/exports/tfjs";
import { type Case, cases, difference, holdTo } from "./cases";

async function differenceOf({ network, state, input, output }: Case): Promise<number> {
  const { model, weights } = encodeTfjs(network, state, "0.1.0");
  const { modelTopology, weightsManifest } = JSON.parse(model);
  const weightSpecs = weightsManifest.flatMap(
    ({ weights }: { weights: tf.io.WeightsManifestEntry[] }) => weights,
  );
  const weightData = Uint8Array.from(weights).buffer;
  const loaded = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const result = tf.tidy(() => loaded.predict(tf.tensor(input.data, [...input.shape])) as tf.Tensor);
  assert.equal(result.shape, [...output.shape]);
  const got = await result.data();
  result.dispose();
  loaded.dispose();
  return difference(got, output.data);
}

test("TensorFlow.js computes what we compute, to 1e-5, for every network whose batch norm has averages", async () => {
  await tf.setBackend("cpu");
  const errors: [string, number][] = [];
  for (const each of (await cases()).filter(({ network }) => !network.batchStatistics))
    errors.push([each.name, await differenceOf(each)]);
  holdTo(1e-5, "TensorFlow.js", errors);
});

test.run();
