// All cases by the name of the op's record, and of the composites that have none.
import { compositeCases } from "../face/compositeCases";
import { arrayCases } from "./arrayCases";
import type { Case } from "./check";
import { normalizeCases } from "./normalizeCases";
import { pointwiseCases } from "./pointwiseCases";
import { productCases } from "./productCases";

export const cases: Record<string, Case[]> = {
  ...pointwiseCases,
  ...arrayCases,
  ...productCases,
  ...normalizeCases,
  ...compositeCases,
};

/** Functions of other ops, without a record of their own. */
export const composites = ["mean", "variance", ...Object.keys(compositeCases)];

/** Ops without a derivative: it is 0 wherever there is one, or the input is no real number. */
export const notDifferentiable = [
  "equal",
  "floor",
  "greater",
  "greaterEqual",
  "inside",
  "oneHot",
  "sign",
  "takeBytes",
  "toF32",
  "toU32",
];
