// Fetches one small file from the first mirror that serves it whole; after a cut connection it goes on where it stopped.
// The sha256 decides what is whole, so we need not trust a mirror, and plain http would do.
import { createHash } from "node:crypto";
import { type Environment, type Way, wayOut } from "./proxy";

/** Milliseconds: until a mirror's headers are here, and for all of one file from one mirror. */
export interface Patience {
  headers: number;
  total: number;
}

const defaultPatience: Patience = { headers: 5_000, total: 60_000 };
/** How often a connection may be taken up again, as long as each brings some bytes. */
const maxRounds = 5;
/** No file here comes near it; a mirror that sends on and on is cut off. */
const maxBytes = 60_000_000;

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * The file's bytes, checked. A proxy that the environment `env` names is used.
 * Throws an Error that says in one line how each mirror failed, and by which proxy.
 */
export async function download(
  name: string,
  sum: string,
  mirrors: string[],
  { env = {}, patience = defaultPatience }: { env?: Environment; patience?: Patience } = {},
): Promise<Uint8Array> {
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const url = new URL(name, mirror);
    let way: Way | undefined;
    try {
      way = await wayOut(env, url.protocol);
      const bytes = await fetchWhole(url, way, patience);
      if (sha256(bytes) === sum) return bytes;
      failures.push(`${url.host}: wrong sha256${way.note}`);
    } catch (error) {
      failures.push(`${url.host}: ${cause(error)}${way?.note ?? ""}`);
    } finally {
      way?.close();
    }
  }
  throw new Error(`${name} from ${failures.join(", ")}`);
}

async function fetchWhole(url: URL, way: Way, patience: Patience): Promise<Uint8Array> {
  const deadline = Date.now() + patience.total;
  const parts: Uint8Array[] = [];
  for (let round = 1; ; round++) {
    const before = sizeOf(parts);
    try {
      await fetchRest(url, way, parts, Math.min(patience.headers, deadline - Date.now()), deadline);
      return Buffer.concat(parts);
    } catch (error) {
      const stuck = sizeOf(parts) <= before || round === maxRounds || Date.now() >= deadline;
      if (stuck || error instanceof Refusal) throw error;
    }
  }
}

/** A mirror's answer that asking again won't change. */
class Refusal extends Error {}

/** Appends to `parts` what is still missing of the file. Throws if the connection fails or is cut. */
async function fetchRest(
  url: URL,
  way: Way,
  parts: Uint8Array[],
  headersWait: number,
  deadline: number,
): Promise<void> {
  const start = sizeOf(parts);
  const controller = new AbortController();
  const abortIn = (ms: number) => setTimeout(() => controller.abort(new Error("timed out")), Math.max(ms, 0));
  let timer = abortIn(headersWait);
  try {
    const response = await way.fetch(url, {
      signal: controller.signal,
      // A .gz is to arrive as it is; some servers would pack or unpack it on the way.
      headers: { "accept-encoding": "identity", ...(start > 0 && { range: `bytes=${start}-` }) },
    });
    clearTimeout(timer);
    timer = abortIn(deadline - Date.now());
    if (!response.ok || !response.body) throw new Refusal(`HTTP ${response.status}`);
    const resumed = response.headers.get("content-range")?.startsWith(`bytes ${start}-`);
    if (response.status === 206 ? !resumed : start > 0) parts.length = 0;
    if (response.status === 206 && !resumed) throw new Refusal("answered with another range");
    for await (const part of response.body) {
      parts.push(part);
      if (sizeOf(parts) > maxBytes) throw new Refusal(`sent more than ${maxBytes / 1e6} MB`);
    }
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

const sizeOf = (parts: Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

/** What lies under fetch's "fetch failed", however deep: a system error's code such as ECONNREFUSED, else the message. */
function cause(error: unknown): string {
  const { cause: inner, code, message } = error as NodeJS.ErrnoException;
  if (inner) return cause(inner);
  return typeof code === "string" && /^E[A-Z]+$/.test(code) ? code : message;
}
