// What console.log shows in Node, Deno and Bun: of a tensor its dtype and shape, of a layer and an optimiser what it was
// made with, and not the engine's insides.
type Inspect = (value: unknown, options: object) => string;
type Print = (this: object, depth: number, options: { depth: number }, inspect: Inspect) => string;

const printed = ({ prototype }: { prototype: object }, value: Print) =>
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), { value });

function refuse(): never {
  throw new Error("tensor: it is no number before await x.item() or x.data() reads it; add(x, y) is x + y.");
}

/**
 * By itself it says how its numbers are read; inside of something else it is short. Where JavaScript wants a number, as
 * in `loss < 0.1`, or a text of its fields, it would go on with NaN or with the engine's insides, in silence.
 */
export function printTensor(type: { prototype: object }): void {
  printed(type, function (depth, options) {
    return `${this}${depth === options.depth ? ": await x.data() gives its numbers" : ""}`;
  });
  Object.assign(type.prototype, { valueOf: refuse, toJSON: refuse });
}

/** Its fields, but for these. */
export const printWithout = (type: { prototype: object }, ...hidden: string[]) =>
  printed(type, function (depth, options, inspect) {
    const fields = Object.entries(this).filter(([key]) => !hidden.includes(key));
    return `${this.constructor.name} ${inspect(Object.fromEntries(fields), { ...options, depth })}`;
  });
