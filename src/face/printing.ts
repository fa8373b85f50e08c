// What console.log shows in Node, Deno and Bun: of a tensor its dtype and shape, of a layer and an optimiser what it was
// made with, and not the engine's insides.
const custom = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options: object) => string;
interface Options {
  depth: number | null;
}

function printed<T>(type: { prototype: T }, value: (this: T, ...how: [number, Options, Inspect]) => string) {
  Object.defineProperty(type.prototype, custom, { value, configurable: true });
}

/** By itself it says how its numbers are read; inside of something else it is short. */
export const printTensor = (type: { prototype: object }): void =>
  printed(type, function (depth, options) {
    return depth === options.depth ? `${this}: await x.data() gives its numbers` : `${this}`;
  });

/** Its fields, but for these. */
export const printWithout = (hidden: readonly string[], ...types: { prototype: object }[]): void => {
  for (const type of types)
    printed(type, function (depth, options, inspect) {
      const fields = Object.entries(this).filter(([key]) => !hidden.includes(key));
      return `${this.constructor.name} ${inspect(Object.fromEntries(fields), { ...options, depth })}`;
    });
};
