// Finds out which WebGPU adapters there are before any is opened, and picks one by its name.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { askForAdapters, type Found } from "../../scripts/adapters.mjs";
// The text and not the module, so that a bundle carried to another machine has the child's code within it.
import source from "../../scripts/probe.mjs" with { type: "text" };
import { GpuError, InputError } from "../errors";

/** What an adapter says of itself. */
export interface AdapterSummary {
  /** Its name in full, or "" where only the default adapter was asked for; `device` is the name as WebGPU spells it. */
  name: string;
  /** How many adapters have that name; Dawn can only be asked for the first of them. */
  alike: number;
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  software: boolean;
  subgroupMinSize: number;
  subgroupMaxSize: number;
  features: string[];
  limits: Record<string, number>;
}

const asked = new Map<"first" | "all", Found>();

/** The adapters that Dawn finds, the one that it would give this process first; asked once a process. */
export function probeAdapters(which: "first" | "all"): Found {
  const found = asked.get(which) ?? probeAnew(which);
  asked.set(which, found);
  return found;
}

/** As `probeAdapters`, and as things are now. */
export function probeAnew(which: "first" | "all"): Found {
  const program = ["--input-type=module", "--eval", source, "--", which];
  // Evaluated code resolves packages from its folder: this one makes it find the bundle's own `webgpu`.
  return askForAdapters(program, { cwd: dirname(fileURLToPath(import.meta.url)) });
}

/**
 * The adapter that openDevice would open: with a `name` the one that `pickAdapter` picks, else the default one.
 * Throws GpuError when there is none or Dawn can't be loaded, InputError when the name picks none.
 */
export function requireAdapter(name?: string): AdapterSummary {
  const { adapters, broken } = probeAdapters(name === undefined ? "first" : "all");
  if (broken) throw new GpuError(`${broken}. Run \`npm run setup\`.`);
  if (adapters.length === 0) {
    throw new GpuError(
      "no WebGPU adapter was found. `npm run setup` installs one, `npm run doctor` tells more.",
    );
  }
  return name === undefined ? adapters[0] : pickAdapter(adapters, name);
}

/**
 * The one adapter that has `name` in its name or its driver's, in capitals or not; one whose whole name it is comes first.
 * Throws InputError, which lists those there are, when it is none or more than one.
 */
export function pickAdapter(adapters: AdapterSummary[], name: string): AdapterSummary {
  const wanted = name.toLowerCase();
  const names = ({ name, device, description }: AdapterSummary) =>
    [name, device, description].map((each) => each.toLowerCase());
  const whole = adapters.filter((adapter) => names(adapter).includes(wanted));
  const parts = adapters.filter((adapter) => names(adapter).some((each) => each.includes(wanted)));
  const picked = whole.length > 0 ? whole : parts;
  if (picked.length === 1) return picked[0];
  const list = (some: AdapterSummary[]) => some.map(({ name, device }) => name || device).join("; ");
  throw new InputError(
    picked.length === 0
      ? `adapter "${name}": none has that in its name. There are: ${list(adapters)}.`
      : `adapter "${name}": more than one has that in its name: ${list(picked)}. Give more of it.`,
  );
}
