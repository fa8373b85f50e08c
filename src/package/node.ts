// `monge` in Node and Bun, through Dawn.
import { checked } from "../face/check";
import * as node from "../node/device";
import { faceOf, given, type OpenDevice } from "./device";

export * from "./engine";

/** As in web.ts, and here an adapter may be chosen. */
export const openDevice: OpenDevice = checked(
  "openDevice",
  async (options) => faceOf(await node.openDevice(options)),
  given,
);
