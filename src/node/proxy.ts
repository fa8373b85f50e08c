// Fetching through a proxy where the environment names one, as curl and others do; Node's own fetch ignores it.
import type { EnvHttpProxyAgent } from "undici";

export type Environment = Record<string, string | undefined>;

/** A fetch of the environment's, and what to say of the way when it fails. */
export interface Way {
  fetch: typeof fetch;
  /** "" where there is no proxy, else " (HTTPS_PROXY is proxy.example:3128)". */
  note: string;
  close(): void;
}

/** The way to a URL of that protocol. The package undici is loaded only where a proxy is named. */
export async function wayOut(env: Environment, protocol: string): Promise<Way> {
  const found = (protocol === "https:" ? ["https_proxy", "http_proxy"] : ["http_proxy"])
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => env[name]);
  if (found === undefined) return { fetch, note: "", close: () => {} };
  const proxy = withScheme(env[found]!);
  // A proxy's name may hold a password.
  const note = ` (${found} is ${proxy
    .replace(/^\w+:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/\/$/, "")})`;
  const undici = await import("undici");
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? "";
  let agent: EnvHttpProxyAgent;
  try {
    agent = new undici.EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy });
  } catch (error) {
    throw new Error(`${(error as Error).message}${note}`);
  }
  const through = (input: unknown, init: object) =>
    undici.fetch(input as URL, { ...init, dispatcher: agent });
  return { fetch: through as typeof fetch, note, close: () => void agent.destroy().catch(() => {}) };
}

/** Most programs take a proxy's name without its scheme. */
const withScheme = (proxy: string): string => (proxy.includes("://") ? proxy : `http://${proxy}`);
