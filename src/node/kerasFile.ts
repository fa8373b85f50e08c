// Reads the HDF5 files of Keras 2: a group a layer, whose weight_names lead to its tensors, in the order of layer_names; in
// a file of a whole model they are in model_weights.
import type { Dataset, Group } from "h5wasm";
import { sizeOf } from "../autograd";
import { shown } from "../errors";
import { ForeignError } from "../exports/importing";
import type { HostArray } from "../nn";
import { unreadable } from "./files";
import type { Foreign } from "./foreignFiles";
import { kindOf } from "./wholeFiles";

/** Larger than any of ours; a damaged or a hostile file may name more than the memory holds. */
const MOST_NUMBERS = 2 ** 28;

/** Throws a ForeignError where the file is no such one, and whatever the reader of HDF5 throws where it is damaged. */
export async function readKeras(file: string): Promise<Foreign> {
  const kind = kindOf(file);
  if (kind !== "file") throw unreadable(file, { code: kind === undefined ? "ENOENT" : "EISDIR" });
  const { File, ready } = await import("h5wasm/node");
  (await ready).activate_throwing_error_handler(); // else it prints all that it thinks of a file
  const opened = new File(file, "r");
  try {
    const root = opened.attrs.layer_names ? opened : groupAt(opened, "model_weights");
    if (!root?.attrs.layer_names)
      throw new ForeignError(
        "no weights of Keras 2, which have layer_names. Save with Keras 2, as weights or a model in .h5.",
      );
    const layers = words(root.attrs.layer_names.value).map((name) => {
      const group = groupAt(root, name);
      if (!group) throw new ForeignError(`the layer ${shown(name)} is missing.`);
      const arrays = words(group.attrs.weight_names?.value).map(
        (weight) => [weight.replace(/:0$/, "").replace(/.*\//, ""), arrayAt(group, weight)] as const,
      );
      return { name, arrays: Object.fromEntries(arrays) };
    });
    return {
      framework: "keras",
      layers: layers.filter(({ arrays }) => Object.keys(arrays).length > 0),
      model: modelOf(opened),
    };
  } finally {
    opened.close();
  }
}

function groupAt(parent: Group, name: string): Group | undefined {
  const found = parent.get(name) as { type?: string } | null;
  return found?.type === "Group" ? (found as Group) : undefined;
}

/** A tensor of float32 or float64, whichever byte comes first. */
function arrayAt(group: Group, name: string): HostArray {
  const found = group.get(name) as { type?: string } | null;
  if (found?.type !== "Dataset") throw new ForeignError(`${shown(name)} is missing.`);
  const { dtype, shape } = found as Dataset;
  if (!/^[<>]?[fd]$/.test(String(dtype)) || !shape)
    throw new ForeignError(`${shown(name)} is of type ${shown(dtype)}, expected float32 or float64.`);
  if (sizeOf(shape) > MOST_NUMBERS)
    throw new ForeignError(`${shown(name)} has the shape ${shown(shape)}, larger than any tensor here.`);
  return { shape, data: Float32Array.from((found as Dataset).value as ArrayLike<number>) };
}

function modelOf(file: Group): unknown {
  const config = file.attrs.model_config?.value;
  if (config === undefined) return undefined;
  try {
    return JSON.parse(String(config));
  } catch {
    throw new ForeignError("its model_config is no JSON.");
  }
}

const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
