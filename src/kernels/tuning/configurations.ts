// The ways in which the heavy products can run: families of kernels with their constants, each with a readable name. And
// which of them a shape gets where nothing was measured.
import type { DeviceInfo } from "../../gpu/adapter";
import type { ShaderName } from "../shaders";

export interface Configuration {
  /** "subgroup 16x32", "tiled 128x128x8", …: rows and columns of a workgroup, and the steps that a tile holds. */
  name: string;
  shader: ShaderName;
  constants: Record<string, number>;
  /** Rows and columns of C that one workgroup computes. */
  tile: readonly [number, number];
  /** Into how many parts to cut a sum; where it is not given, enough to keep the adapter busy. */
  parts?: number;
}

/** What a product asks of a kernel: sizes of C, terms of each sum, and how many such C's there are. */
export interface Extent {
  /** "nn", "nt", "tn", or the direction of a convolution with its kernel and stride. */
  kind: string;
  rows: number;
  columns: number;
  sum: number;
  copies: number;
}

export const portable: Configuration = {
  name: "portable 64x32",
  shader: "gemm_portable",
  constants: {},
  tile: [64, 32],
};

/** Rows of the subgroup kernel's tiles. */
const heights = [32, 16, 8, 4];

/** `rows` rows a tile, on subgroups of `lanes`. */
function subgroup(lanes: number, rows: number): Configuration {
  return {
    name: `subgroup ${rows}x${4 * lanes}`,
    shader: "gemm_subgroup",
    constants: { SG: lanes, TM: rows, KQ: Math.max(1, lanes / rows) },
    tile: [rows, 4 * lanes],
  };
}

/** For few columns: rows go by lanes instead, on subgroups of `lanes`. */
const narrow = (lanes: number): Configuration => ({
  name: `narrow ${4 * lanes}x16`,
  shader: "gemm_narrow",
  constants: { SG: lanes },
  tile: [4 * lanes, 16],
});

/** RX by RY threads of TR rows by TC columns each, KT steps a tile. */
function tiled(RX: number, RY: number, TR: number, TC: number, KT: number): Configuration {
  const tile = [RY * TR, RX * TC] as const;
  return {
    name: `tiled ${tile[0]}x${tile[1]}x${KT}, ${TR}x${TC} a thread`,
    shader: "gemm_tiled",
    constants: { RX, RY, TR, TC, KT },
    tile,
  };
}

// Largest first; all within 256 threads and 16 KiB of workgroup memory. The first five are the defaults.
const defaults = [
  tiled(16, 16, 8, 8, 8),
  tiled(16, 16, 8, 4, 16),
  tiled(16, 16, 4, 4, 16),
  tiled(8, 8, 4, 4, 16),
  tiled(16, 4, 4, 4, 8),
];
const more = [tiled(16, 16, 4, 8, 16), tiled(8, 16, 8, 8, 8), tiled(8, 8, 8, 8, 8), tiled(8, 8, 4, 4, 8)];

/** All configurations that this adapter can run. */
export function configurations(info: DeviceInfo): Configuration[] {
  const lanes = info.subgroupSize;
  if (info.portable) return [portable];
  // A lane holds at most four numbers of A.
  const rows = heights.filter((each) => lanes > 0 && each <= 4 * lanes);
  const few = lanes >= 4 ? [narrow(lanes)] : [];
  return [...rows.map((each) => subgroup(lanes, each)), ...few, portable, ...defaults, ...more];
}

/** The families of those, by name. */
export const families = (info: DeviceInfo): string[] => [
  ...new Set(configurations(info).map(({ name }) => name.split(" ")[0])),
];

/** Those worth timing: processors emulate workgroup memory, so tiles never win there. */
export function candidates(info: DeviceInfo): Configuration[] {
  const all = configurations(info);
  return info.software ? all.filter(({ shader }) => shader !== "gemm_tiled") : all;
}

/** What runs where nothing was measured. */
export function defaultFor(info: DeviceInfo, extent: Extent): Configuration {
  if (info.portable) return portable;
  if (!info.software) return tiledFor(extent);
  if (info.subgroupSize === 0) return portable;
  // Measured on lavapipe's 8 lanes: with 16 columns the narrow kernel reaches 25 to 35 GFLOP/s, the others half of theirs.
  if (extent.columns <= 16 && extent.rows > 4 && info.subgroupSize >= 4) return narrow(info.subgroupSize);
  return subgroup(info.subgroupSize, heightFor(extent.rows, 4 * info.subgroupSize));
}

/** GFLOP/s on lavapipe by the rows of a tile: the more rows, the fewer loads each product needs. */
const rates: Record<number, number> = { 32: 55, 16: 43, 8: 28, 4: 16 };

/** The height whose tiles, the empty part of the last one too, take the least time. */
function heightFor(rows: number, most: number): number {
  const cost = (height: number) => (Math.ceil(rows / height) * height) / rates[height];
  return heights.filter((height) => height <= most).reduce((a, b) => (cost(b) < cost(a) ? b : a));
}

/** The largest tile that C fills for the most part and that leaves work for a whole GPU. */
function tiledFor({ rows, columns, sum, copies }: Extent): Configuration {
  const fits = ({ tile }: Configuration) => {
    const groups = Math.ceil(rows / tile[0]) * Math.ceil(columns / tile[1]) * copies;
    const filled = (rows * columns * copies) / (groups * tile[0] * tile[1]);
    return filled >= 0.6 && groups * Math.max(1, Math.floor(sum / 256)) >= 192;
  };
  const smallest = rows <= 16 ? 4 : 3;
  return defaults.slice(0, smallest).find(fits) ?? defaults[smallest];
}

/** Steps of a part of a sum at least, so that a part is worth its dispatch. */
export const SHORTEST = 64;

/** Into how many parts to cut the sums of a product of so many workgroups. */
export function partsFor(info: DeviceInfo, { constants, parts }: Configuration, groups: number): number {
  if (parts !== undefined) return parts;
  // A processor has tens of threads, a GPU runs tens of thousands at once.
  const busy = info.software ? 16 : 2 ** 16 / ((constants.RX ?? 8) * (constants.RY ?? 8));
  return groups > busy / 2 ? 1 : Math.ceil(busy / groups);
}

/** Steps of a sum that a kernel takes in one turn. */
export const stepsAtOnce = ({ constants }: Configuration): number => constants.KT ?? 4 * (constants.KQ ?? 1);

/** Steps of one part when a sum of `run` steps is cut into `parts`: a multiple of 4, since steps go by fours. */
export const stepsOfPart = (run: number, parts: number): number =>
  parts === 1 ? 4 * Math.ceil(run / 4) : 4 * Math.ceil(Math.max(run / parts, SHORTEST) / 4);
