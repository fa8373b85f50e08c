// What a program of the fuzzer is made of, and how it reads as code.
import type { Attributes, Shape } from "./arrays";

export type Action = (
  | { do: "make"; to: string; how: "full" | "zeros" | "tensor"; shape: Shape; values: number[] }
  | { do: "random"; to: string; seed: number; counter: number }
  | { do: "draw"; to: string; random: string; dist: "uniform" | "normal" | "integer"; shape: Shape }
  | { do: "op"; to: string; op: string; xs: (string | number)[]; attributes: Attributes }
  | { do: "detach" | "gradOf"; to: string; x: string }
  | { do: "mark" | "keep" | "dispose" | "drop" | "read" | "clearGrad" | "disposeGrad"; x: string }
  | { do: "setGrad"; x: string; from: string }
  | { do: "blend"; x: string; from: string; keep: number; take: number }
  | { do: "clip"; x: string; low: number; high: number }
  | { do: "assign"; x: string; from: string }
  | { do: "upload"; x: string; values: number[] }
  | { do: "grad"; to: string[]; y: string; xs: string[]; options: Options }
  | { do: "backward"; y: string; options: Options }
  | { do: "optimizer"; to: string; rule: Rule; parameters: string[]; rate: number; clip: boolean }
  | { do: "step"; optimizer: string; gradients: string[] | "own" }
  | { do: "rate"; optimizer: string; value: number }
  | { do: "state"; to: string; optimizer: string }
  | { do: "loadState"; optimizer: string; from: string }
  | { do: "disposeOptimizer" | "dropOptimizer"; optimizer: string }
  | { do: "capture"; to: string; body: Action[]; returns: string[] }
  | { do: "replay" | "disposeStep" | "dropStep"; step: string }
  | { do: "tidy" | "noGrad" | "untidied"; body: Action[]; returns: string[] }
  | { do: "throw" | "flush" | "collect" | "close" }
) &
  Trouble;

/** The actions that do D, among other things perhaps. */
export type Of<D extends Action["do"]> = Action extends infer A
  ? A extends { do: infer X }
    ? D extends X
      ? A
      : never
    : never
  : never;

export interface Options {
  createGraph?: boolean;
  retainGraph?: boolean;
  dy?: string;
}

export type Rule = "sgd" | "momentum" | "rmsprop" | "adam";

/** What goes wrong while an action runs. */
export interface Trouble {
  /** The allocation, from 1, that fails. */
  failing?: number;
  /** Bytes that the budget leaves. */
  budget?: number;
  /** Inside of a body: an error of this action does not reach what is around it. */
  caught?: boolean;
}

const show = (value: unknown) => JSON.stringify(value);
const list = (names: readonly (string | number)[]) => `[${names.join(", ")}]`;

const rules: Record<Rule, string> = {
  sgd: "new SGD(P, { learningRate: R C })",
  momentum: "new SGD(P, { learningRate: R, momentum: 0.5 C })",
  rmsprop: 'new RMSprop(P, { learningRate: R, form: "torch" C })',
  adam: "new Adam(P, { learningRate: R C })",
};

function options({ createGraph, retainGraph, dy }: Options): string {
  const given = [
    createGraph === undefined ? [] : `createGraph: ${createGraph}`,
    retainGraph === undefined ? [] : `retainGraph: ${retainGraph}`,
    dy ? `dy: ${dy}` : [],
  ].flat();
  return given.length === 0 ? "" : `, { ${given.join(", ")} }`;
}

function opCode(op: string, xs: (string | number)[], { axes, shape, starts, after }: Attributes): string {
  const more = {
    sum: () => `, { axes: ${show(axes)} }`,
    broadcastTo: () => `, { shape: ${show(shape)} }`,
    reshape: () => `, ${show(shape)}`,
    slice: () => `, { starts: ${show(starts)}, sizes: ${show(shape)} }`,
    pad: () => `, { before: ${show(starts)}, after: ${show(after)} }`,
  }[op];
  return `${op}(${op === "concat" ? list(xs) : xs.join(", ")}${more?.() ?? ""})`;
}

function line(a: Action): string {
  switch (a.do) {
    case "make": {
      const numbers = { full: show(a.values[0]), zeros: "", tensor: show(a.values) }[a.how];
      if (a.how === "tensor") return `${a.to} = tensor(${numbers}, ${show(a.shape)})`;
      return `${a.to} = ${a.how}(${[show(a.shape), ...(numbers ? [numbers] : [])].join(", ")})`;
    }
    case "random":
      return `${a.to} = new Random(${a.seed}, ${a.counter})`;
    case "draw":
      return `${a.to} = ${a.random}.${a.dist}(${show(a.shape)}${a.dist === "integer" ? ", 1000" : ""})`;
    case "op":
      return `${a.to} = ${opCode(a.op, a.xs, a.attributes)}`;
    case "detach":
      return `${a.to} = detach(${a.x})`;
    case "gradOf":
      return `${a.to} = detach(${a.x}.grad)`;
    case "mark":
      return `requireGrad(${a.x})`;
    case "keep":
      return `keep(${a.x})`;
    case "dispose":
      return `${a.x}.dispose()`;
    case "drop":
      return `${a.x} = undefined`;
    case "read":
      return `await ${a.x}.data()`;
    case "clearGrad":
      return `${a.x}.grad = undefined`;
    case "disposeGrad":
      return `${a.x}.grad.dispose()`;
    case "setGrad":
      return `${a.x}.grad = keep(clone(${a.from}))`;
    case "blend":
      return `blend(${a.x}, ${a.from}, ${a.keep}, ${a.take})`;
    case "clip":
      return `clip(${a.x}, ${a.low}, ${a.high})`;
    case "assign":
      return `assign(${a.x}, ${a.from})`;
    case "upload":
      return `assign(${a.x}, Float32Array.of(${a.values.join(", ")}))`;
    case "grad":
      return `${list(a.to)} = grad(${a.y}, ${list(a.xs)}${options(a.options)})`;
    case "backward":
      return `backward(${a.y}${options(a.options)})`;
    case "optimizer": {
      const clips = a.clip ? ", clip: () => [-2, 2]" : "";
      const made = rules[a.rule].replace("P", list(a.parameters)).replace("R", String(a.rate));
      return `${a.to} = ${made.replace(" C", clips)}`;
    }
    case "step": {
      const own = `${a.optimizer}.parameters.map(({ grad }) => grad)`;
      return `${a.optimizer}.step(${a.gradients === "own" ? own : list(a.gradients)})`;
    }
    case "rate":
      return `${a.optimizer}.learningRate = ${a.value}`;
    case "state":
      return `${a.to} = await ${a.optimizer}.state()`;
    case "loadState":
      return `${a.optimizer}.loadState(${a.from})`;
    case "disposeOptimizer":
      return `${a.optimizer}.dispose()`;
    case "dropOptimizer":
      return `${a.optimizer} = undefined`;
    case "replay":
      return `${a.step}.replay()`;
    case "disposeStep":
      return `${a.step}.dispose()`;
    case "dropStep":
      return `${a.step} = undefined`;
    case "throw":
      return 'throw new Error("of the program")';
    case "flush":
      return "await settle(0)";
    case "collect":
      return "await collectGarbage()";
    case "close":
      return "closeDevice(); await openDevice()";
    default:
      return "";
  }
}

/** A program as code, a line an action. */
export function code(actions: readonly Action[], indent = ""): string {
  const lines = actions.flatMap((a) => {
    const trouble = [
      a.failing ? [`${indent}// allocation ${a.failing} fails:`] : [],
      a.budget !== undefined ? [`${indent}// with ${a.budget} bytes left of the budget:`] : [],
    ].flat();
    if (!("body" in a)) {
      const text = `${line(a)};`;
      return [...trouble, `${indent}${a.caught ? `try { ${text} } catch {}` : text}`];
    }
    const head = `${a.do === "capture" ? `${a.to} = ` : ""}${a.do}(() => {`;
    const returns = a.returns.length > 0 ? [`${indent}  return ${list(a.returns)};`] : [];
    const end = `${indent}});${a.caught ? " } catch {}" : ""}`;
    const body = a.body.length > 0 ? [code(a.body, `${indent}  `)] : [];
    return [...trouble, `${indent}${a.caught ? "try { " : ""}${head}`, ...body, ...returns, end];
  });
  return lines.join("\n");
}
