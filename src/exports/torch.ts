// Writes a network for PyTorch: its tensors as those of an nn.Sequential, and the Python that builds it, layer by layer.
import type { StateDict } from "../nn";
import { channelsFirst, layoutsOf, toLayout } from "./layout";
import type { Edges, Network, NetworkLayer } from "./network";

const head = `"""The networks of a run of monge for PyTorch, and their weights out of the files beside this one.

    from model import load
    generator = load("generator")

Images are (N, channels, rows, columns). It needs numpy and torch, and no other package.
"""
import json
import pathlib

import numpy
import torch
from torch import nn
`;

const tail = (names: readonly string[]) => `def read(path):
    """The tensors of a safetensors file of f32 numbers."""
    data = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        numbers = numpy.frombuffer(data[start + begin : start + end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(numbers.copy())
    return tensors


def load(name):
    """The network ${names.map((name) => `"${name}"`).join(" or ")} with its weights, as it is used after training."""
    network = {${names.map((name) => `"${name}": ${name}`).join(", ")}}[name]()
    network.load_state_dict(read(pathlib.Path(__file__).with_name(name + ".safetensors")))
    return network.eval()
`;

/** The modules of a layer as Python. */
interface Modules {
  lines: string[];
  /** Which of them has the layer's tensors. */
  tensors: number;
}

const tuple = (numbers: readonly (number | string)[]) => `(${numbers.join(", ")})`;

/** nn.ZeroPad2d's order; negative numbers cut off. */
const pad = ([top, bottom, left, right]: Edges, sign: 1 | -1) =>
  `nn.ZeroPad2d(${tuple([left, right, top, bottom].map((edge) => sign * edge))})`;

/** The padding that both sides have, as PyTorch's convolutions take it, and what is left of it. */
function shared([top, bottom, left, right]: Edges): { padding: string; rest: Edges } {
  const [rows, columns] = [Math.min(top, bottom), Math.min(left, right)];
  const padding =
    rows === 0 && columns === 0 ? "" : `, padding=${rows === columns ? rows : tuple([rows, columns])}`;
  return { padding, rest: [top - rows, bottom - rows, left - columns, right - columns] };
}

const isNone = (edges: Edges) => edges.every((edge) => edge === 0);

function modulesOf(layer: NetworkLayer, { batchStatistics }: Network): Modules {
  const one = (line: string): Modules => ({ lines: [line], tensors: 0 });
  switch (layer.kind) {
    case "linear":
      return one(`nn.Linear(${layer.inputs}, ${layer.outputs})`);
    case "conv":
    case "convTranspose": {
      const { kind, inputs, outputs, kernel, stride, edges } = layer;
      const { padding, rest } = shared(edges);
      const name = kind === "conv" ? "Conv2d" : "ConvTranspose2d";
      // What the sides do not share, a convolution is given before, and a transposed one loses behind.
      const own = isNone(rest) || kind === "convTranspose" ? padding : "";
      const main = `nn.${name}(${inputs}, ${outputs}, ${kernel}, stride=${stride}${own})`;
      if (isNone(rest)) return one(main);
      return kind === "conv"
        ? { lines: [pad(edges, 1), main], tensors: 1 }
        : { lines: [main, pad(rest, -1)], tensors: 0 };
    }
    case "batchNorm": {
      const { channels, epsilon, momentum } = layer;
      const statistics = batchStatistics ? "track_running_stats=False" : `momentum=${momentum}`;
      return one(`nn.BatchNorm2d(${channels}, eps=${epsilon}, ${statistics})`);
    }
    case "layerNorm":
      return one(`nn.LayerNorm(${tuple(channelsFirst(layer.shape))}, eps=${layer.epsilon})`);
    case "relu":
      return one(layer.slope === 0 ? "nn.ReLU()" : `nn.LeakyReLU(${layer.slope})`);
    case "tanh":
      return one("nn.Tanh()");
    case "sigmoid":
      return one("nn.Sigmoid()");
    case "flatten":
      return one("nn.Flatten()");
    case "reshape":
      return one(`nn.Unflatten(1, ${tuple(channelsFirst(layer.shape))})`);
  }
}

/** The network's tensors under the names that nn.Sequential gives them. */
export function torchState(network: Network, state: StateDict): StateDict {
  const named: StateDict = {};
  let index = 0;
  for (const layer of network.layers) {
    const { lines, tensors } = modulesOf(layer, network);
    for (const [own, layout] of Object.entries(layoutsOf(layer, network, "torch")))
      named[`${index + tensors}.${layout.name}`] = toLayout(state[`${layer.place}.${own}`], layout);
    index += lines.length;
  }
  return named;
}

/** model.py: a function for each network, and the one that loads their weights. */
export function torchProgram(networks: readonly Network[]): string {
  const functions = networks.map((network) => {
    const [from, to] = [network.input, network.output].map((shape) => tuple(["N", ...channelsFirst(shape)]));
    const lines = network.layers.flatMap((layer) => modulesOf(layer, network).lines);
    return [
      `def ${network.name}():`,
      `    """${from} -> ${to}"""`,
      "    return nn.Sequential(",
      ...lines.map((line) => `        ${line},`),
      "    )\n",
    ].join("\n");
  });
  return [head, ...functions, tail(networks.map(({ name }) => name))].join("\n\n");
}
