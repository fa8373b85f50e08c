// The one Dawn instance, wrapped so that all sides get devices with the same features and limits, and so that the
// bytes of their buffers are counted by the same code.
import { nodeGpu } from "../src/node/device";

/** Dawn's toggles, the same for all: what nodeGpu sets. */
export const toggles = ["timestamp_quantization off"];

/** What any of the sides asks for; each gets all of it that the adapter has. */
const features: GPUFeatureName[] = ["subgroups", "subgroup-size-control", "shader-f16", "timestamp-query"];
const limits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxStorageTexturesPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

export interface Count {
  /** Bytes of the buffers that exist, and the most so far. */
  live: number;
  peak: number;
}

const counts = new WeakMap<GPUDevice, Count>();
const errors = new WeakMap<GPUDevice, string[]>();

/** Bytes of a device's buffers. */
export const countOf = (device: GPUDevice): Count => counts.get(device)!;
/** What a device has reported since the last call: results after an error are worth nothing. */
export const errorsOf = (device?: GPUDevice): string[] => (device ? errors.get(device)!.splice(0) : []);

export interface Adapter {
  name: string;
  vendor: string;
  architecture: string;
  driver: string;
  features: string[];
  limits: Record<string, number>;
}

let dawn: GPU | undefined;
let wrapped: GPU | undefined;
let described: Adapter | undefined;

/** The adapter that the sides got; known once one of them has opened its device. */
export const adapter = (): Adapter => described!;

/** Loads Dawn for the adapter of that name in full, or for its default one (""); comes before any side is opened. */
export async function loadDawn(adapter: string): Promise<void> {
  dawn = await nodeGpu(adapter);
}

/** In place of `loadDawn`, with another backend. */
export function useDawn(api: GPU): void {
  dawn = api;
}

/** Dawn with the wrapped adapters, also as `navigator.gpu`, where the peers look for it when they are imported. */
export function benchGpu(): GPU {
  if (wrapped) return wrapped;
  const loaded = dawn!;
  wrapped = {
    requestAdapter: async () => {
      // Whatever a side asks for: on a machine with two GPUs all get the same one.
      const real = await loaded.requestAdapter({ powerPreference: "high-performance" });
      return real && wrapAdapter(real);
    },
    getPreferredCanvasFormat: () => "bgra8unorm",
    wgslLanguageFeatures: loaded.wgslLanguageFeatures,
  } as unknown as GPU;
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu: wrapped, userAgent: "node" },
    configurable: true,
  });
  return wrapped;
}

function wrapAdapter(real: GPUAdapter): GPUAdapter {
  const granted = features.filter((name) => real.features.has(name));
  const wanted = Object.fromEntries(limits.map((name) => [name, real.limits[name]]));
  const { vendor, architecture, device, description } = real.info;
  described ??= {
    name: device || description,
    vendor,
    architecture,
    driver: description,
    features: granted,
    limits: wanted,
  };
  return {
    features: new Set(granted),
    limits: real.limits,
    info: real.info,
    requestDevice: async ({ label }: GPUDeviceDescriptor = {}) => {
      const made = await real.requestDevice({ label, requiredFeatures: granted, requiredLimits: wanted });
      return watch(made);
    },
  } as unknown as GPUAdapter;
}

/** Counts a device's buffers and collects its errors. */
function watch(device: GPUDevice): GPUDevice {
  const count: Count = { live: 0, peak: 0 };
  const said: string[] = [];
  counts.set(device, count);
  errors.set(device, said);
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    said.push(event.error.message);
  });
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    count.live += descriptor.size;
    count.peak = Math.max(count.peak, count.live);
    const destroy = buffer.destroy.bind(buffer);
    let alive = true;
    buffer.destroy = () => {
      if (alive) count.live -= descriptor.size;
      alive = false;
      return destroy();
    };
    return buffer;
  };
  return device;
}
