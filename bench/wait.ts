// The wait that every side is timed with: the one that Node's device uses.
export { throttled } from "../src/node/device";

/** How it waits, for the header of a report. */
export const waiting = "throttled: after 0.3 ms naps of a tenth of the time waited, 3 ms at most";
