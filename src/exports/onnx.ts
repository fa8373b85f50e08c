// Writes a network as an ONNX model: images with their channels first, weights laid out so that no node only moves data.
// Source: onnx.proto and the operators' pages of ONNX, operator set 17, which has layer norm.
import { bytes, concat, float, text, whole } from "../formats/protobuf";
import type { StateDict } from "../nn";
import { channelsFirst, layoutsOf, toLayout } from "./layout";
import type { Network, NetworkLayer, Window } from "./network";

const OPSET = 17;
/** The format's version that came with that operator set. */
const IR = 8;
const [FLOAT, INT64] = [1, 7];

/** What flows into a critic or out of a generator. */
const sampleName = (shape: readonly number[]) => (shape.length === 1 ? "points" : "images");

/** The bytes of the model. Its input and output have any number of samples; `version` is that of the writer. */
export function encodeOnnx(network: Network, state: StateDict, version: string): Uint8Array {
  const { name, input, output, layers } = network;
  const generates = name === "generator";
  const [from, to] = generates ? ["latents", sampleName(output)] : [sampleName(input), "scores"];
  const graph = new Graph();
  let value = from;
  for (const [i, layer] of layers.entries())
    value = addLayer(graph, layer, network, state, value, i === layers.length - 1 ? to : `${name}.${i}`);
  const model = concat([
    whole(1, IR),
    bytes(2, text("monge")),
    bytes(3, text(version)),
    bytes(7, graph.encode(name, valueInfo(from, input), valueInfo(to, output))),
    bytes(8, whole(2, OPSET)),
  ]);
  return model;
}

type Attribute = number | readonly number[] | { f32: number };

/** Nodes and constants, in their order. */
class Graph {
  private readonly nodes: Uint8Array[] = [];
  private readonly constants: Uint8Array[] = [];

  node(type: string, inputs: string[], output: string, attributes: Record<string, Attribute> = {}): string {
    const parts = [
      ...inputs.map((each) => bytes(1, text(each))),
      bytes(2, text(output)),
      bytes(3, text(`${output}/${type}`)),
      bytes(4, text(type)),
      ...Object.entries(attributes).map(([name, value]) => bytes(5, encodeAttribute(name, value))),
    ];
    this.nodes.push(bytes(1, concat(parts)));
    return output;
  }

  constant(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const type = data instanceof Float32Array ? FLOAT : INT64;
    const dims = shape.map((size) => whole(1, size));
    this.constants.push(bytes(5, concat([...dims, whole(2, type), bytes(8, text(name)), bytes(9, raw)])));
    return name;
  }

  encode(name: string, input: Uint8Array, output: Uint8Array): Uint8Array {
    return concat([
      ...this.nodes,
      bytes(2, text(name)),
      ...this.constants,
      bytes(11, input),
      bytes(12, output),
    ]);
  }
}

/** The types are 1 a float, 2 an int, 7 ints. */
function encodeAttribute(name: string, value: Attribute): Uint8Array {
  const named = bytes(1, text(name));
  if (typeof value === "number") return concat([named, whole(3, value), whole(20, 2)]);
  if ("f32" in value) return concat([named, float(2, value.f32), whole(20, 1)]);
  return concat([named, ...value.map((each) => whole(8, each)), whole(20, 7)]);
}

/** Name, type and shape of the graph's input or output: N samples of this shape. */
function valueInfo(name: string, sample: readonly number[]): Uint8Array {
  const dimensions = [bytes(2, text("N")), ...channelsFirst(sample).map((size) => whole(1, size))];
  const shape = concat(dimensions.map((dimension) => bytes(1, dimension)));
  const tensor = concat([whole(1, FLOAT), bytes(2, shape)]);
  return concat([bytes(1, text(name)), bytes(2, bytes(1, tensor))]);
}

const windowAttributes = ({ kernel, stride, edges: [top, bottom, left, right] }: Window) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [top, left, bottom, right],
});

/** Adds the nodes of a layer that lead from the value `from` to the value `to`; gives the latter. */
function addLayer(
  graph: Graph,
  layer: NetworkLayer,
  network: Network,
  state: StateDict,
  from: string,
  to: string,
): string {
  const layouts = layoutsOf(layer, network, "torch");
  const weights = Object.entries(layouts).map(([own, layout]) => {
    const { shape, data } = toLayout(state[`${layer.place}.${own}`], layout);
    return graph.constant(`${layer.place}.${layout.name}`, shape, data);
  });
  switch (layer.kind) {
    case "linear":
      return graph.node("Gemm", [from, ...weights], to, { transB: 1 });
    case "conv":
      return graph.node("Conv", [from, ...weights], to, windowAttributes(layer));
    case "convTranspose":
      return graph.node("ConvTranspose", [from, ...weights], to, windowAttributes(layer));
    case "batchNorm": {
      const { epsilon } = layer;
      if (network.batchStatistics) return addBatchNorm(graph, from, weights, epsilon, to);
      return graph.node("BatchNormalization", [from, ...weights], to, { epsilon: { f32: epsilon } });
    }
    case "layerNorm":
      return graph.node("LayerNormalization", [from, ...weights], to, {
        axis: 1,
        epsilon: { f32: layer.epsilon },
      });
    case "relu":
      if (layer.slope === 0) return graph.node("Relu", [from], to);
      return graph.node("LeakyRelu", [from], to, { alpha: { f32: layer.slope } });
    case "tanh":
      return graph.node("Tanh", [from], to);
    case "sigmoid":
      return graph.node("Sigmoid", [from], to);
    case "flatten":
      return graph.node("Flatten", [from], to, { axis: 1 });
    case "reshape": {
      const sizes = [-1, ...channelsFirst(layer.shape)].map(BigInt);
      return graph.node(
        "Reshape",
        [from, graph.constant(`${to}.shape`, [sizes.length], BigInt64Array.from(sizes))],
        to,
      );
    }
  }
}

/** Batch norm by the statistics of the batch itself: the operator's own way to them is only for training. */
function addBatchNorm(graph: Graph, x: string, [gamma, beta]: string[], epsilon: number, to: string): string {
  const over = { axes: [0, 2, 3], keepdims: 1 };
  const column = graph.constant(`${to}.column`, [3], BigInt64Array.from([-1n, 1n, 1n]));
  const alongChannels = (name: string) => graph.node("Reshape", [name, column], `${to}.${name}`);
  const mean = graph.node("ReduceMean", [x], `${to}.mean`, over);
  const centred = graph.node("Sub", [x, mean], `${to}.centred`);
  const squares = graph.node("Mul", [centred, centred], `${to}.squares`);
  const variance = graph.node("ReduceMean", [squares], `${to}.variance`, over);
  const constant = graph.constant(`${to}.epsilon`, [], Float32Array.of(epsilon));
  const safe = graph.node("Add", [variance, constant], `${to}.safe`);
  const deviation = graph.node("Sqrt", [safe], `${to}.deviation`);
  const normal = graph.node("Div", [centred, deviation], `${to}.normal`);
  const scaled = graph.node("Mul", [normal, alongChannels(gamma)], `${to}.scaled`);
  return graph.node("Add", [scaled, alongChannels(beta)], to);
}
