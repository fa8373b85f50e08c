// Asks for an adapter and a device with the limits and features that the kernels use, and says what it got. WebGPU's
// default limits are low on purpose: we raise the sizes of buffers, and how many of them a kernel binds.
import { GpuError } from "../errors";

export interface DeviceInfo {
  /** Name for people, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)". */
  name: string;
  /** Driver and its version, as far as the adapter tells. */
  driver: string;
  /** Whether the adapter computes on the CPU. */
  software: boolean;
  /** Lanes of a subgroup where that is one number, the adapter's or the one that shaders ask for; else 0. */
  subgroupSize: number;
  /** Whether shaders have to ask for that size, since the adapter's subgroups have several. */
  sized?: boolean;
  /** Whether only the portable kernels may run: the self-test found wrong numbers in the others. */
  portable?: boolean;
}

/** The default adapter of `api` and a device of it. Throws GpuError when there is none, or it refuses. */
export async function requestDevice(api: GPU): Promise<{ device: GPUDevice; info: DeviceInfo }> {
  const adapter = await api.requestAdapter({ powerPreference: "high-performance" }).catch(refused);
  if (!adapter) throw new GpuError("gpu: no WebGPU adapter was found. `npm run doctor` tells more");
  const info = describe(adapter);
  const wanted: GPUFeatureName[] = ["subgroups", "timestamp-query"];
  if (info.sized) wanted.push("subgroup-size-control");
  const device = await adapter
    .requestDevice({
      label: "monge",
      requiredFeatures: wanted.filter((name) => adapter.features.has(name)),
      requiredLimits: {
        maxBufferSize: adapter.limits.maxBufferSize,
        maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
        maxStorageBuffersPerShaderStage: Math.min(adapter.limits.maxStorageBuffersPerShaderStage, 16),
      },
    })
    .catch(refused);
  return { device, info };
}

function refused(error: Error): never {
  throw new GpuError(`gpu: ${error.message}`);
}

function describe(adapter: GPUAdapter): DeviceInfo {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const words = `${vendor} ${architecture} ${device} ${description}`;
  // A fixed size is a promise that the kernels build on; a range means that a shader may meet any size in it, but for
  // one that asks: for 32, which most GPUs have, or what is nearest.
  const [least, most] = adapter.features.has("subgroups")
    ? [subgroupMinSize ?? 0, subgroupMaxSize ?? 0]
    : [0, 0];
  const sized = least < most && adapter.features.has("subgroup-size-control");
  const size = Math.min(most, Math.max(least, 32));
  return {
    name: device || description || vendor || "unnamed adapter",
    driver: description || architecture || "unknown driver",
    software:
      adapter.info.isFallbackAdapter || /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(words),
    subgroupSize: sized || least === most ? size : 0,
    ...(sized && { sized }),
  };
}
