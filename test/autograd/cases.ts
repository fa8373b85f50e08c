// All cases by the name of the op's record, and of the composites that have none.
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
};

/** Functions of other ops, without a record of their own. */
export const composites = ["mean", "variance"];

/** Ops without a derivative: it is 0 wherever there is one, or the input is no real number. */
export const notDifferentiable = [
  "equal",
  "greater",
  "greaterEqual",
  "inside",
  "oneHot",
  "sign",
  "takeBytes",
];
