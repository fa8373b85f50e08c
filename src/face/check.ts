// The checker of the public face. It looks at a function's arguments at each call, since JavaScript has no types. A message
// names the function, the argument, what it must be, what it was, and the nearest right word.
import { Tensor } from "../autograd";
import { isPlain, oneLine, shown } from "../errors";
import { type Arguments, areNumbers, type Kind, list, shape } from "./kinds";
import { listed, nearest } from "./words";

/** `f` under a check of what it is given. */
// biome-ignore lint/suspicious/noExplicitAny: any function
export function checked<F extends (...values: any[]) => unknown>(name: string, f: F, args: Arguments): F {
  const kinds = Object.values(args);
  const checkedCall = function (this: unknown, ...values: unknown[]): unknown {
    if (values.length > kinds.length && values.slice(kinds.length).some((value) => value !== undefined))
      throw tooMany(name, args, values);
    for (let i = 0; i < kinds.length; i++)
      if (!kinds[i].holds(values[i])) throw refusal(name, Object.keys(args)[i], kinds[i], values[i]);
    return f.apply(this, values);
  };
  return Object.defineProperty(checkedCall, "name", { value: name }) as unknown as F;
}

/**
 * `f`, which is made of other functions: what they refuse is told in its own name, since whoever called it wrote none
 * of theirs. And a tensor that was freed is refused before the first of them runs.
 */
// biome-ignore lint/suspicious/noExplicitAny: any function
export const named = <F extends (...values: any[]) => unknown>(name: string, f: F): F =>
  ((...values) => {
    try {
      for (const value of values.flat()) if (value instanceof Tensor) value.checkAlive(name);
      return f(...values);
    } catch (error) {
      if (error instanceof Error && error.constructor === Error)
        error.message = error.message.replace(/^\w+(?=: )/, name);
      throw error;
    }
  }) as F;

/** A class whose constructor, and whose methods of these names, look at what they are given; `spelt` passes it on. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants a base class that is made anew so
export function checkedClass<C extends new (...values: any[]) => object>(
  name: string,
  type: C,
  args: Arguments,
  methods: Record<string, Arguments> = {},
  spelt = (values: unknown[]): unknown[] => values,
): C {
  const check = checked(name, (..._: unknown[]) => undefined, args);
  class Checked extends type {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    constructor(...values: any[]) {
      check(...values);
      // Errors name it, and a bundler may have called it otherwise.
      if ([new.target, Object.getPrototypeOf(new.target)].includes(Checked))
        Object.defineProperty(new.target, "name", { value: name });
      super(...spelt(values));
    }
  }
  for (const [method, own] of Object.entries(methods)) {
    const value = checked(method, type.prototype[method], own);
    Object.defineProperty(Checked.prototype, method, { value, writable: true, configurable: true });
  }
  return Checked;
}

function refusal(op: string, name: string, kind: Kind, value: unknown): Error {
  if (kind.keys && isPlain(value)) {
    for (const [key, own] of Object.entries(value)) {
      if (!Object.hasOwn(kind.keys, key))
        return refused(
          `${op}: ${name} must be among ${listed(Object.keys(kind.keys))}`,
          oneLine(key),
          nearest(key, Object.keys(kind.keys)),
        );
      if (!kind.keys[key].holds(own)) return refusal(op, key, kind.keys[key], own);
    }
    const missing = Object.keys(kind.keys).filter(
      (key) => !kind.keys![key].optional && value[key] === undefined,
    );
    return refused(`${op}: ${name} must have ${listed(missing, "and")}`, shown(value));
  }
  if (value instanceof Promise)
    return new Error(`${op}: ${name} must be ${kind.is}, got a promise. Is an await missing?`);
  const word = kind.words && typeof value === "string" ? nearest(value, kind.words) : undefined;
  return refused(
    `${op}: ${name} must be ${kind.is}`,
    shown(value),
    word === undefined ? kind.hint?.(value, name) : `"${word}"`,
  );
}

function tooMany(op: string, args: Arguments, values: readonly unknown[]): Error {
  const names = Object.keys(args);
  const most = `at most ${names.length} argument${names.length > 1 ? "s" : ""} (${names.join(", ")})`;
  const [at, all] = values.slice(-2);
  const mapped = Array.isArray(all) && typeof at === "number" && all[at] === values[0]; // by map or its like
  return refused(
    `${op}: it must be given ${names.length > 0 ? most : "no argument"}`,
    String(values.length),
    mapped ? `(${names[0]}) => ${op}(${names[0]})` : together(Object.values(args), values),
  );
}

/** What was meant where the last argument's parts were given one by one. */
function together(kinds: readonly Kind[], values: readonly unknown[]): string | undefined {
  const last = kinds.at(-1);
  const rest = values.slice(kinds.length - 1);
  if (last?.is === shape.is || last?.is === list.is) return areNumbers(rest) ? shown(rest) : undefined;
  const keys = Object.keys(last?.keys ?? {});
  const fit = rest.length <= keys.length && rest.every((value, i) => last?.keys?.[keys[i]].holds(value));
  return fit ? `{ ${rest.map((value, i) => `${keys[i]}: ${shown(value)}`).join(", ")} }` : undefined;
}

const refused = (rule: string, got: string, meant?: string): Error =>
  new Error(`${rule}, got ${got}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
