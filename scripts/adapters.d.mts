import type { SpawnSyncOptions } from "node:child_process";
import type { AdapterSummary } from "../src/node/probe";

export interface Found {
  adapters: AdapterSummary[];
  broken?: string;
}

export function askForAdapters(program: string[], options: SpawnSyncOptions): Found;
export function whyBroken(error: { code?: string; message: string }): string;
