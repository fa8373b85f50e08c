import type { AdapterSummary } from "../src/node/probe";

export function ensureAdapter(probe: () => { adapter?: AdapterSummary; broken?: string }): void;
