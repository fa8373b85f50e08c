// A shader's uniform as its WGSL declares it. We read the struct from the shader's text, which alone says the types and
// places of its fields; TypeScript gives values by the fields' names.
import { shown } from "../errors";

/** A number, or a truth as 1 or 0; a list for a vector or an array; names for a struct inside. */
export type Value = number | boolean | readonly Value[] | Params;
/** The fields of a uniform by their names in WGSL. */
export type Params = { readonly [field: string]: Value };

/** Bytes of one dispatch's uniform: also WebGPU's coarsest alignment of one in a buffer. */
export const UNIFORM_BYTES = 256;

/** A type of WGSL: its size and alignment in bytes, and how a value of it is written. */
interface Type {
  size: number;
  align: number;
  write(view: DataView, at: number, value: Value, name: string): void;
}

const up = (n: number, step: number) => Math.ceil(n / step) * step;

/** A whole number from `least` on, of 2^32, or any where there is no such bound. */
function scalar(set: (view: DataView, at: number, value: number) => void, least?: number): Type {
  const most = (least ?? 0) + 2 ** 32 - 1;
  const is = least === undefined ? "number" : `whole number from ${least} to ${most}`;
  return {
    size: 4,
    align: 4,
    write(view, at, value, name) {
      const number = typeof value === "boolean" ? Number(value) : value;
      const isWhole = Number.isInteger(number) && (number as number) >= least! && (number as number) <= most;
      if (typeof number !== "number" || (least !== undefined && !isWhole))
        throw new Error(`${name} must be a ${is}, got ${shown(value)}`);
      set(view, at, number);
    },
  };
}

/** `count` values `step` bytes apart. */
const list = (item: Type, count: number, step: number, align: number): Type => ({
  size: count * step,
  align,
  write(view, at, value, name) {
    const values = value as readonly Value[];
    if (values.length !== count)
      throw new Error(`${name} must have ${count} values, got ${values.length ?? value}`);
    for (let i = 0; i < count; i++) item.write(view, at + i * step, values[i], name);
  },
});

const scalars: Record<string, Type> = {
  u: scalar((view, at, value) => view.setUint32(at, value, true), 0),
  i: scalar((view, at, value) => view.setInt32(at, value, true), -(2 ** 31)),
  f: scalar((view, at, value) => view.setFloat32(at, value, true)),
};

function typeOf(name: string, structs: ReadonlyMap<string, string>): Type {
  const [, letter] = name.match(/^([uif])32$/) ?? [];
  if (letter) return scalars[letter];
  const [, n, of] = name.match(/^vec([234])([uif])$/) ?? [];
  if (n) return list(scalars[of], Number(n), 4, n === "2" ? 8 : 16);
  const [, item, count] = name.match(/^array<\s*(\w+)\s*,\s*(\d+)\s*>$/) ?? [];
  if (!item && !structs.has(name)) throw new Error(`${name} is no type of a uniform's field.`);
  if (!item) return struct(structs.get(name)!, structs);
  const [, width, letterOf] = item.match(/^vec([24])([uif])$/) ?? []; // their numbers follow each other without gaps
  if (width) return list(scalars[letterOf], Number(count) * Number(width), 4, width === "2" ? 8 : 16);
  const type = typeOf(item, structs);
  return list(type, Number(count), up(type.size, type.align), type.align);
}

function struct(body: string, structs: ReadonlyMap<string, string>): Type {
  let [end, align] = [0, 4];
  const fields = [...body.matchAll(/(\w+)\s*:\s*(array<[^>]*>|\w+)/g)].map(([, name, typeName]) => {
    const type = typeOf(typeName, structs);
    const offset = up(end, type.align);
    end = offset + type.size;
    align = Math.max(align, type.align);
    return { name, type, offset };
  });
  const names = fields.map(({ name }) => name).join(", ") || "none";
  return {
    size: up(end, align),
    align,
    write(view, at, value) {
      const given = value as Params;
      let count = 0;
      for (const _ in given) count++; // Object.keys takes its time
      if (count !== fields.length || fields.some(({ name }) => given[name] === undefined))
        throw new Error(`the fields must be ${names}, got ${Object.keys(given).join(", ") || "none"}`);
      for (const { name, type, offset } of fields) type.write(view, at + offset, given[name], name);
    },
  };
}

/** What the uniform of a shader looks like; `label` names it in errors. */
export class Uniform {
  private readonly type: Type;
  private readonly words: Uint32Array;
  private readonly view: DataView;

  constructor(
    wgsl: string,
    private readonly label: string,
  ) {
    const code = wgsl.replace(/\/\/.*/g, "");
    const bodies = code.matchAll(/\bstruct\s+(\w+)\s*\{([^}]*)\}/g);
    const structs = new Map([...bodies].map(([, name, body]) => [name, body]));
    const name = code.match(/var<uniform>\s*\w+\s*:\s*(\w+)/)?.[1];
    this.type = name ? typeOf(name, structs) : struct("", structs);
    if (this.type.size > UNIFORM_BYTES)
      throw new Error(`gpu: ${label}: a uniform has ${UNIFORM_BYTES} bytes at most, got ${this.type.size}.`);
    this.words = new Uint32Array(this.type.size / 4);
    this.view = new DataView(this.words.buffer);
  }

  /** The words of one, gaps included, until the next call. Throws where a field is missing, unknown or no number of its type. */
  pack(params: Params): Uint32Array {
    try {
      this.type.write(this.view, 0, params, "");
      return this.words;
    } catch (error) {
      throw new Error(`gpu: the uniform of ${this.label}: ${(error as Error).message}.`);
    }
  }
}
