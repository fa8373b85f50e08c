// A program's own kernels and ops, with a check of all that it gives: shaders, launches, records, and what a record's
// functions return. What those functions throw is thrown on with the op's name.
import type { Operand, Tensor } from "../autograd";
import * as engine from "../autograd";
import type { AnyOp, Backward, Thunks } from "../autograd/op";
import { refusePromise } from "../autograd/scope";
import { isPlain, shown } from "../errors";
import { checked } from "../face/check";
import * as is from "../face/kinds";
import { callable, maybe, oneOf, text } from "../face/kinds";
import { cached } from "../gpu/cached";
import * as block from "../kernels/block";
import * as shaders from "../kernels/shaders";

const listOf = (what: string, each: (value: unknown, i: number) => boolean, length?: number): is.Kind => ({
  is: what,
  holds: (value) => Array.isArray(value) && value.length === (length ?? value.length) && value.every(each),
});

const own = new Map<string, string>();

/** Adds shaders by their names, for `launch`. Throws where another shader has one of the names. */
export const addShaders: typeof shaders.addShaders = checked(
  "addShaders",
  (more) => {
    for (const name in more) {
      if (own.get(name) !== more[name] && shaders.shaderNames().includes(name))
        throw new Error(`addShaders: ${name} is another shader's name.`);
      own.set(name, more[name]);
    }
    shaders.addShaders(more);
  },
  {
    more: {
      is: "an object of WGSL texts by name",
      holds: (value) => isPlain(value) && Object.values(value).every(text.holds),
    },
  },
);

/** The uniform looks at its fields itself. */
const fields: is.Kind = { is: "", holds: () => true };
const launches = new Map<string, typeof block.launch>();

/** `launch` with a look at what this shader takes, as its text says. */
const launchOf = (shader: string) =>
  cached(launches, shader, () => {
    const code = shaders.shaderSource(shader).replace(/\/\/.*/g, "");
    const entries = [...code.matchAll(/@compute[^{;]*?\bfn ([^\s(]+)/g)].map(([, name]) => name);
    const declared = [...code.matchAll(/var<storage(?:, *(\w+))?> *\w+ *: *([^;]+)/g)];
    const buffers = (isWritten: boolean): is.Kind => {
      const types = declared
        .filter(([, mode]) => (mode === "read_write") === isWritten)
        .map(([, , type]) => type);
      const other = { f32: /[ui]32|\d[ui]\b/, u32: /f32|\df\b/ };
      const fits = (x: unknown, i: number) =>
        is.tensor.holds(x) && !other[(x as Tensor).dtype].test(types[i]);
      // Of several entry points each may have buffers of its own.
      return entries.length > 1 ? is.tensors : listOf(`tensors for [${types}]`, fits, types.length);
    };
    return checked(`launch ${shader}`, block.launch, {
      ...{ shader: text, entry: oneOf(...entries), reads: buffers(false), writes: buffers(true) },
      ...{ params: fields, threads: is.count, work: maybe(is.fromZero) },
    });
  });

/**
 * Runs an entry point of a shader over tensors, with so many threads in workgroups of 256: `reads` and `writes` in the
 * order of their bindings, `params` the fields of its uniform. Throws where that is not what the shader's text declares.
 */
export const launch: typeof block.launch = (...args) => {
  const [shader, , reads, writes] = args;
  if (!text.holds(shader)) throw new Error(`launch: shader must be a text, got ${shown(shader)}.`);
  within(shader, () => {
    for (const x of [reads, writes].flat())
      if (is.tensor.holds(x)) (x as Tensor).checkAlive(`launch ${shader}`);
    launchOf(shader)(...args);
  });
};

/** Runs what a program gave; what that throws names the op or the shader. */
function within<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && !error.message.includes(name)) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

function need<T>(fits: boolean, rule: string, got: T): T {
  if (fits) return got;
  throw new Error(`${rule}, got ${shown(got)}.`);
}

/** A record whose functions are looked at. */
const watched = (op: AnyOp, shapes: is.Kind): AnyOp => {
  const { name, shape, forward, vjp } = op;
  const thunks = ({ xs, ...context }: Backward<readonly Operand[], never, unknown>): Thunks => {
    const given = within(name, () => vjp!({ xs, ...context } as never));
    const kind = listOf("", maybe(callable).holds);
    need(
      kind.holds(given) && given.length >= xs.length,
      `${name}: vjp must give a function for each of ${xs.length} inputs`,
      given,
    );
    return given.map(
      (thunk, i) =>
        thunk &&
        (() => {
          const dx = within(name, thunk);
          const { shape } = xs[i] as Tensor;
          const grows = (n: number, axis: number) => n === 1 || n === dx.shape.at(axis - shape.length);
          const fits = is.float.holds(dx) && dx.shape.length >= shape.length && shape.every(grows);
          return need(fits, `${name}: the derivative by input ${i} must be a tensor f32[${shape}]`, dx);
        }),
    );
  };
  return {
    ...op,
    shape: (...given) => {
      const made = within(name, () => shape(...given));
      return need(shapes.holds(made), `${name}: shape must give ${shapes.is}`, made);
    },
    forward:
      forward &&
      ((xs, y, given) => {
        const ys = [y].flat() as Tensor[];
        const before = ys.map(({ storage }) => storage.version);
        within(name, () => refusePromise("forward", forward(xs, y, given)));
        // What it does not fill has another tensor's numbers.
        const isFilled = ys.every(({ size, storage }, i) => size === 0 || storage.version > before[i]);
        need(isFilled, `${name}: forward must fill its output`, y);
      }),
    vjp: vjp && thunks,
  };
};

const slots = listOf("", (value) => /^([xy]\d|y)$/.test(value as string));
const saves = is.either(callable, listOf('a list for each input, as ["x0", "y"]', slots.holds));
const dtypes: is.Kind = {
  is: 'a list of dtypes, or "any"',
  holds: (value) => value === "any" || Array.isArray(value),
};
const optional = {
  ...{ forward: callable, vjp: callable, fusedVjp: callable },
  ...{ saves, movesFrom: is.count, takes: dtypes, gives: oneOf("f32", "u32", "input") },
};
const args = { op: is.options(optional, { name: text, shape: callable }) };

/** The function of an op with one output: inputs first, then the attributes if it has any. */
export const defineOp: typeof engine.defineOp = checked(
  "defineOp",
  (op) => engine.defineOp(watched(op, is.sizes)) as never,
  args,
);

/** The function of an op with several outputs. */
export const defineMultiOp: typeof engine.defineMultiOp = checked(
  "defineMultiOp",
  (op) => engine.defineMultiOp(watched(op, listOf("a list of shapes", is.sizes.holds)) as never) as never,
  args,
);
