// Prints the WebGPU adapter that Dawn finds as one line of JSON, or `null`, and exits. Run it as a child
// process with stderr dropped: where no driver is usable Dawn writes a native stack trace there, or crashes.
import { writeSync } from "node:fs";

const softwareDriver = /llvmpipe|lavapipe|swiftshader|software|basic render/i;
const shownLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
];

let summary = null;
try {
  const { create } = await import("webgpu");
  // A property of globalThis, since Dawn crashes when this object is collected before the process ends.
  globalThis.probedGpu = create([]);
  const adapter = await globalThis.probedGpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) {
    const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize, isFallbackAdapter } =
      adapter.info;
    summary = {
      vendor,
      architecture,
      device,
      description,
      software: isFallbackAdapter || softwareDriver.test([architecture, device, description].join(" ")),
      subgroupMinSize,
      subgroupMaxSize,
      features: [...adapter.features].sort(),
      limits: Object.fromEntries(shownLimits.map((name) => [name, adapter.limits[name]])),
    };
  }
} catch (error) {
  console.error(error);
}
// Synchronous, so that the line is out before the exit; and an explicit exit, since Dawn keeps Node alive.
writeSync(1, `${JSON.stringify(summary)}\n`);
process.exit(0);
