// How right the elementwise functions are over the whole range of f32, measured against float64 on whatever device is
// open, in Node or elsewhere: plain data, for the test and for docs/accuracy.md.
import * as engine from "../../src/autograd";

type Tensor = engine.Tensor;

export interface Measured {
  name: string;
  /** Largest error where input and result are normal numbers, in units in the last place of the right result. */
  ulps: number;
  /** Where that is, in words. */
  at: string;
  /** What comes of a subnormal input or result: "right", or "0" where the driver may take such numbers for 0. */
  subnormal: string;
  /** The first result that is wrong otherwise: an infinity, a NaN, or a subnormal number that is neither right nor 0. */
  wrong?: string;
}

export interface Elementary {
  name: string;
  /** The engine's function; `right` in float64. */
  f: (x: Tensor, y: Tensor) => Tensor;
  right: (x: number, y: number) => number;
  /** Units in the last place that it may err by. */
  bound: number;
  /** Arguments from here on are not held to the bound. */
  most?: number;
  /** Results below this may come of a subnormal number on the way. */
  least?: number;
}

const NORMAL = 2 ** -126;

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** 0 far out on the left, where x would make NaN of an infinity. */
const gelu = (x: number) => {
  const s = sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  return s === 0 ? 0 : x * s;
};

const silu = (x: number) => (sigmoid(x) === 0 ? 0 : x * sigmoid(x));

const power = (p: number, bound: number): Elementary => ({
  name: `pow(x, ${p})`,
  f: (x) => engine.pow(x, { p }),
  right: (x) => x ** p,
  bound,
});

export const functions: Elementary[] = [
  { name: "add(x, y)", f: engine.add, right: (x, y) => x + y, bound: 0.51 },
  { name: "sub(x, y)", f: engine.sub, right: (x, y) => x - y, bound: 0.51 },
  { name: "mul(x, y)", f: engine.mul, right: (x, y) => x * y, bound: 0.51 },
  { name: "div(x, y)", f: engine.div, right: (x, y) => x / y, bound: 2.5 },
  { name: "square(x)", f: engine.square, right: (x) => x * x, bound: 0.51 },
  { name: "sqrt(x)", f: engine.sqrt, right: Math.sqrt, bound: 2 },
  { name: "rsqrt(x)", f: engine.rsqrt, right: (x) => 1 / Math.sqrt(x), bound: 2 },
  { name: "exp(x)", f: engine.exp, right: Math.exp, bound: 1 },
  { name: "log(x)", f: engine.log, right: Math.log, bound: 1 },
  ...[1, 2, 3, -1, -7, 0.5, 2.5, 1e-3].map((p) => power(p, 1.2)),
  // Near 1 the exponent is p times a small logarithm, whose last digits show.
  ...[100.25, -1000].map((p) => power(p, 4)),
  { name: "tanh(x)", f: engine.tanh, right: Math.tanh, bound: 2 },
  { name: "sigmoid(x)", f: engine.sigmoid, right: sigmoid, bound: 2.5 },
  { name: "softplus(x)", f: engine.softplus, right: softplus, bound: 3 },
  // On the left it is x e^2u, so a subnormal e^2u, of few digits, is met above the least normal number.
  { name: "gelu(x)", f: engine.gelu, right: gelu, bound: 6, least: 2 ** -122 },
  { name: "sin(x)", f: engine.sin, right: Math.sin, bound: 3, most: 2 ** 13 },
  { name: "cos(x)", f: engine.cos, right: Math.cos, bound: 3, most: 2 ** 13 },
  { name: "silu(x)", f: engine.silu, right: silu, bound: 4, least: 2 ** -119 },
];

/** The neighbours of a power of two on either side and random numbers between, for every exponent and sign; 0 and ∞. */
function points(perExponent: number): Float32Array {
  const bits = [0, 0x80000000, 0x7f800000, 0xff800000];
  let state = 12345;
  for (let exponent = 0; exponent < 255; exponent++) {
    for (let i = 0; i < perExponent; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const digits = i < 4 ? i : i < 8 ? 0x7fffff - (i - 4) : state >>> 9;
      for (const sign of [0, 0x80000000]) bits.push((sign | (exponent << 23) | digits) >>> 0);
    }
  }
  return new Float32Array(Uint32Array.from(bits).buffer);
}

/** Measures all functions at so many points of every exponent and sign. */
export async function measure(perExponent: number): Promise<Measured[]> {
  const xs = points(perExponent);
  // A step that shares no factor with the length visits every point once: pairs of all exponents.
  const ys = xs.map((_, i) => xs[(i * 7919) % xs.length]);
  const [x, y] = [engine.tensor(xs), engine.tensor(ys)];
  const measured: Measured[] = [];
  for (const each of functions) {
    const result = each.f(x, y);
    measured.push(compare(each, xs, ys, await result.data()));
    result.dispose();
  }
  for (const each of [x, y]) each.dispose();
  return measured;
}

function compare(
  { name, right, bound, least = NORMAL, most = Infinity }: Elementary,
  xs: Float32Array,
  ys: Float32Array,
  got: ArrayLike<number>,
): Measured {
  const measured: Measured = { name, ulps: 0, at: "", subnormal: "right" };
  xs.forEach((x, i) => {
    if (Math.abs(x) >= most && most < Infinity) return;
    const pairs =
      right.length > 1
        ? [x, flush(x)].flatMap((a) => [ys[i], flush(ys[i])].map((b) => [a, b]))
        : [x, flush(x)].map((a) => [a, 0]);
    const allowed = pairs.map(([a, b]) => right(a, b));
    const [wanted] = allowed;
    const error = errorInUlps(got[i], wanted);
    const involved = pairs.some(([a, b]) => a !== x || b !== pairs[0][1]) || Math.abs(wanted) < least;
    const said = `${got[i]} for ${wanted} at ${x}${right.length > 1 ? ` and ${ys[i]}` : ""}`;
    if (!involved) {
      if (Number.isNaN(error)) measured.wrong ??= said;
      else if (error > measured.ulps) Object.assign(measured, { ulps: error, at: said });
    } else if (!(error <= bound + 0.5)) {
      measured.subnormal = "0";
      const mayBe = (v: number) => errorInUlps(got[i], v) <= bound || (got[i] === 0 && Math.abs(v) < least);
      if (!allowed.some(mayBe)) measured.wrong ??= said;
    }
  });
  return measured;
}

/** What a driver may take a subnormal number for. */
const flush = (x: number): number => (Math.abs(x) < NORMAL ? 0 * x : x);

/** |got − wanted| by the distance of f32 numbers there, ∞ as the one past the largest; NaN unless both or none are NaN. */
function errorInUlps(got: number, wanted: number): number {
  if (Number.isNaN(wanted)) return Number.isNaN(got) ? 0 : Number.NaN;
  const held = (v: number) => Math.max(-(2 ** 128), Math.min(2 ** 128, v));
  const size = Math.min(Math.max(Math.abs(wanted), NORMAL), 2 ** 127);
  return Math.abs(held(got) - held(wanted)) / 2 ** (Math.floor(Math.log2(size)) - 23);
}
