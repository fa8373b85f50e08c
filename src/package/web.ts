// `monge` in a browser, and in Deno, which has WebGPU as browsers do.
import { InputError } from "../errors";
import { checked } from "../face/check";
import * as web from "../web/device";
import { faceOf, given, type OpenDevice } from "./device";

export * from "./engine";

/**
 * Opens the device that all tensors of this process, or page, lie on. It computes something whose answer is known first.
 * There is one at a time. Throws GpuError when there is none that computes, and InputError when `adapter` picks none or
 * more than one, or a browser or Deno is asked for one.
 */
export const openDevice: OpenDevice = checked(
  "openDevice",
  async ({ adapter } = {}) => {
    if (adapter !== undefined)
      throw new InputError(`adapter "${adapter}": a browser and Deno choose by themselves. Leave it out.`);
    return faceOf(await web.openDevice());
  },
  given,
);
