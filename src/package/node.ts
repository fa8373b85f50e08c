// `monge` in Node and Bun, through Dawn.
import * as node from "../node/device";
import { faceOf, type OpenDevice } from "./device";

export * from "./engine";

/** As in web.ts, and here an adapter may be chosen. */
export const openDevice: OpenDevice = async (options) => faceOf(await node.openDevice(options));
