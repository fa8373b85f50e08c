// Allocations that fail on purpose: the one that an action names, or all that a small budget does not allow.
import { GpuError } from "../../src/errors";
import type { Gpu } from "../../src/gpu/gpu";
import type { Action } from "./actions";

export interface Trouble {
  /** Runs `fn` with the trouble that the action asks for. */
  during<T>(action: Action, fn: () => T): T;
  /** Whether such a trouble is what an error tells of. */
  isCause(error: Error): boolean;
  stop(): void;
}

const message = "was refused by the fuzzer";

export function troubled({ pool }: Gpu): Trouble {
  let countdown = 0;
  const allocate = pool.allocate.bind(pool);
  pool.allocate = (bytes, label) => {
    if (countdown > 0 && --countdown === 0) throw new GpuError(`gpu: ${label} ${message}`);
    return allocate(bytes, label);
  };
  const setBudget = (budget: number) => void Object.assign(pool, { budget });
  return {
    during({ failing, budget }, fn) {
      const { budget: usual } = pool as unknown as { budget: number };
      const before = countdown;
      if (failing !== undefined) countdown = failing;
      if (budget !== undefined) setBudget(pool.liveBytes + budget);
      try {
        return fn();
      } finally {
        if (failing !== undefined) countdown = before;
        setBudget(usual);
      }
    },
    stop() {
      pool.allocate = allocate;
    },
    // The usual budget is out of the reach of such programs.
    isCause: ({ message: text }) => text.includes(message) || text.includes(" of the budget of "),
  };
}
