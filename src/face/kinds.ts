// The kinds of arguments that public functions take: what each is called in messages, and a test for it.
import { Tensor } from "../autograd";
import { isPlain, shown } from "../errors";
import { isFloat } from "../kernels/block";
import { listed } from "./words";

/** What an argument or an option must be. */
export interface Kind {
  /** In words, as they follow "must be". */
  is: string;
  holds(value: unknown): boolean;
  /** Of options: the kind of each. */
  keys?: Record<string, Kind>;
  /** Of words: which ones. */
  words?: readonly string[];
  /** Whether it may be left out. */
  optional?: boolean;
  /** What may have been meant where a value of an argument of that name does not fit. */
  hint?(value: unknown, name: string): string | undefined;
}

/** A function's arguments by their names, in order. */
export type Arguments = Record<string, Kind>;

const isNumber = (value: unknown): value is number => typeof value === "number";
/** Whether it is a list of such alone: `every` passes over holes, `includes` does not. */
const isListOf = (value: unknown, holds: (each: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && !value.includes(undefined) && value.every(holds);
export const areNumbers = (value: unknown): value is number[] => isListOf(value, isNumber);
const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
/** To more levels than a tensor has axes, and not for ever where a list holds itself. */
const isNested = (value: unknown, level = 0): boolean =>
  isNumber(value) || (level < 16 && isListOf(value, (each) => isNested(each, level + 1)));
const isData = (value: unknown): boolean =>
  isNested(value) ||
  (ArrayBuffer.isView(value) && / (Int|Uint|Float)\d/.test(Object.prototype.toString.call(value)));

const meantTensor = (value: unknown, name: string) =>
  isData(value) ? `tensor(${isNested(value) ? shown(value) : name})` : undefined;
const meantFloat = (value: unknown, name: string) =>
  isTensor(value) ? `toF32(${name})` : meantTensor(value, name);
function meantWhole(value: unknown, name: string): string | undefined {
  if (isTensor(value)) return `toU32(${name})`;
  if (value instanceof Uint32Array) return `tensor(${name})`;
  return areNumbers(value) ? `tensor(new Uint32Array(${shown(value)}))` : undefined;
}
function meantList(value: unknown, name: string): string | undefined {
  if (Array.isArray(value)) return undefined;
  if (isPlain(value)) value = Object.values(value).find(areNumbers);
  if (isTensor(value)) return "its .shape";
  if (isNumber(value)) return `[${value}]`;
  if (Array.isArray(value)) return shown(value);
  return isData(value) ? `[...${name}]` : undefined;
}

export const tensor: Kind = { is: "a tensor", holds: isTensor, hint: meantTensor };
export const number: Kind = { is: "a number", holds: isNumber };
const numberThat = (is: string, fits: (value: number) => boolean): Kind => ({
  is,
  holds: (value) => isNumber(value) && fits(value),
});
const isCount = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least;
/** How many there are. */
export const count = numberThat("a whole number from 0 up", isCount(0));
export const fromZero = numberThat("a number from 0 up", (value) => value >= 0);
export const aboveZero = numberThat("a number above 0", (value) => value > 0);
/** In f32: what a pipeline's constant may be. */
export const finite = numberThat("a finite number", isFloat);
export const part = numberThat("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const samples: Kind = {
  is: "a tensor of one axis or more",
  holds: (value) => isTensor(value) && value.shape.length > 0,
  hint: (value, name) => (isTensor(value) ? `reshape(${name}, [1])` : meantTensor(value, name)),
};
export const float: Kind = {
  is: "a tensor of f32",
  holds: (value) => isTensor(value) && value.dtype === "f32",
  hint: meantFloat,
};
export const whole: Kind = {
  is: "a tensor of u32",
  holds: (value) => isTensor(value) && value.dtype === "u32",
  hint: meantWhole,
};
export const operand: Kind = {
  is: "a tensor of f32 or a number",
  holds: (value) => isNumber(value) || float.holds(value),
  hint: meantFloat,
};
export const flag: Kind = { is: "true or false", holds: (value) => typeof value === "boolean" };
export const shape: Kind = { is: "a list of sizes", holds: areNumbers, hint: meantList };
const wholes = (least: number): Kind => ({
  is: `a list of whole numbers from ${least} up`,
  holds: (value) => isListOf(value, isCount(least)),
  hint: meantList,
});
export const sizes = wholes(0);
/** From each number to the next along an axis. */
export const steps = wholes(1);
export const list: Kind = { is: "a list of numbers", holds: areNumbers, hint: meantList };
export const axes: Kind = {
  is: "a number or a list of numbers",
  holds: (value) => isNumber(value) || areNumbers(value),
};
const countsOf = (length: number, least: number) => (value: unknown) =>
  isListOf(value, isCount(least)) && value.length === length;
/** Of the two sides of an image. */
export const pair: Kind = {
  is: "a whole number from 1 up or a pair of them",
  holds: (value) => isCount(1)(value) || countsOf(2, 1)(value),
};
export const size: Kind = {
  is: "[rows, columns]",
  holds: countsOf(2, 0),
  hint: (value) => (isNumber(value) ? `[${value},${value}]` : undefined),
};
export const padding: Kind = {
  is: '"same", "valid", a whole number from 0 up or four of them [top, bottom, left, right]',
  words: ["same", "valid"],
  holds: (value) => value === "same" || value === "valid" || isCount(0)(value) || countsOf(4, 0)(value),
};
export const tensors: Kind = {
  is: "a list of tensors",
  holds: (value) => isListOf(value, isTensor),
  hint: (value) => (isTensor(value) ? "[x]" : undefined),
};
export const floats: Kind = {
  ...tensors,
  is: "a list of tensors of f32",
  holds: (value) => isListOf(value, float.holds),
  hint(value, name) {
    if (typeof value === "function") return value.name === name ? `${name}()` : undefined;
    return name in Object(value) ? `its ${name}()` : tensors.hint?.(value, name);
  },
};
export const data: Kind = {
  is: "a number, a list of numbers or of such lists, or a typed array",
  holds: isData,
};
export const callable: Kind = { is: "a function", holds: (value) => typeof value === "function" };
export const text: Kind = { is: "a text", holds: (value) => typeof value === "string" };
export const instance = (name: string, type: abstract new (...args: never[]) => object): Kind => ({
  is: `a ${name}`,
  holds: (value) => value instanceof type,
});

export const listOf = (name: string, type: abstract new (...args: never[]) => object): Kind => ({
  is: `a list of ${name}s`,
  holds: (value) => isListOf(value, (each) => each instanceof type),
});

export const oneOf = (...words: string[]): Kind => ({
  is: listed(words.map((word) => `"${word}"`)),
  holds: (value) => words.includes(value as string),
  words,
});

/** Either of two kinds. */
export const either = (one: Kind, other: Kind): Kind => ({
  ...one,
  is: `${one.is} or ${other.is}`,
  holds: (value) => one.holds(value) || other.holds(value),
});

/** That, or nothing. */
export const maybe = (kind: Kind): Kind => ({
  ...kind,
  optional: true,
  holds: (value) => value === undefined || kind.holds(value),
});

/** That, and not nothing. */
export const required = (kind: Kind): Kind => ({
  ...kind,
  optional: false,
  holds: (value) => value !== undefined && kind.holds(value),
});

/** An object with some of these keys: those of `needed`, and any of the others. */
export function options(others: Record<string, Kind>, needed: Record<string, Kind> = {}): Kind {
  const keys = Object.fromEntries([
    ...Object.entries(needed),
    ...Object.entries(others).map(([key, kind]) => [key, maybe(kind)] as const),
  ]);
  const wanted = Object.keys(needed);
  const maybeAlso = wanted.length > 0 && wanted.length < Object.keys(keys).length;
  return {
    is: maybeAlso
      ? `an object with ${listed(wanted, "and")}, and maybe ${listed(Object.keys(others))}`
      : `an object with ${listed(Object.keys(keys), wanted.length > 0 ? "and" : "or")}`,
    keys,
    optional: wanted.length === 0,
    holds(value) {
      if (value === undefined) return wanted.length === 0;
      if (!isPlain(value)) return false;
      for (const key of Object.keys(value))
        if (!Object.hasOwn(keys, key) || !keys[key].holds(value[key])) return false;
      return wanted.every((key) => value[key] !== undefined);
    },
    hint(value) {
      const key = Object.keys(keys).find((each) => value !== undefined && keys[each].holds(value));
      const own = typeof value === "object" && !Array.isArray(value) ? "…" : shown(value);
      const all = [...wanted.filter((each) => each !== key).map((each) => `${each}: …`), `${key}: ${own}`];
      return key && `{ ${all.join(", ")} }`;
    },
  };
}
