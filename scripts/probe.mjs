// Prints the WebGPU adapters that Dawn finds and exits: with the argument `all` all of them, else the one that it
// gives by default. It runs as a child process, which scripts/adapters.mjs starts and whose output that reads.
import { writeSync } from "node:fs";

const softwareDriver = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** Synchronous, so that the line is out before a crash or the exit. */
const say = (line) => writeSync(1, `${line}\n`);

const { create } = await import("webgpu").catch(({ code, message }) => {
  say(JSON.stringify({ code, message }));
  process.exit(1);
});
say("loaded");

// A property of globalThis, since Dawn crashes when one of these objects is collected before the process ends.
globalThis.probed = [];
function request(flags) {
  const gpu = create(flags);
  globalThis.probed.push(gpu);
  return gpu.requestAdapter({ powerPreference: "high-performance" });
}

/** The names of all adapters, the default one first: Dawn lists them when it is asked for one that is not there. */
async function adapterNames() {
  try {
    await request(["adapter=\n"]);
    return [];
  } catch ({ message }) {
    return Array.from(message.matchAll(/name: '(.*)'$/gm), ([, name]) => name);
  }
}

function describe(adapter, name) {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize, isFallbackAdapter } =
    adapter.info;
  return {
    name,
    alike: names.filter((other) => other === name).length,
    vendor,
    architecture,
    device,
    description,
    software: isFallbackAdapter || softwareDriver.test([architecture, device, description].join(" ")),
    subgroupMinSize,
    subgroupMaxSize,
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter),
  };
}

/** All of them; they are properties of the prototype, which Object.entries would not see. */
function limitsOf({ limits }) {
  const all = {};
  for (const name in limits) if (typeof limits[name] === "number") all[name] = limits[name];
  return all;
}

const names = process.argv.includes("all") ? await adapterNames() : [""]; // "" stands in every name
// Dawn takes a part of a name for the name, and the first that has it: it can't give us a second card of one name,
// nor one whose name stands in an earlier one.
const reachable = names.filter((name, i) => names.findIndex((other) => other.includes(name)) === i);
const adapters = [];
for (const name of reachable) {
  const adapter = await request([`adapter=${name}`]).catch(() => null);
  if (adapter) adapters.push(describe(adapter, name));
}
say(JSON.stringify(adapters));
process.exit(0); // Dawn would keep Node alive
