// `--watch`: serves one page on 127.0.0.1 that shows the run while it goes on, told by server-sent events.
// Only the person at this machine may see it: other hosts' names, other origins and other paths are refused. So no page of
// the web can read along, not even one whose host name leads to this machine.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { InputError } from "../../errors";
import { reason } from "../files";
import { createHistory, type WatchEvent } from "./history";
import { watchPage } from "./page";

export interface Watch {
  /** The page's address. */
  url: string;
  /** Shows the event on all pages that are open, and on those that are opened later. */
  publish(event: WatchEvent): void;
  /** Tells the pages that the run has ended, and stops. */
  close(): void;
}

/** Bytes that a page may lag behind before it is cut off; it then comes back by itself and gets the history. */
const mostBehind = 8_000_000;

/**
 * Starts serving on a free port of 127.0.0.1, and tells `log` where. Nothing here keeps the process from ending. Throws
 * InputError where there is no such port.
 */
export async function startWatch({
  log,
  title,
}: {
  log(line: string): void;
  /** The page's title: the run's name. */
  title: string;
}): Promise<Watch> {
  const page = Buffer.from(watchPage(title));
  const history = createHistory();
  const open = new Set<ServerResponse>();
  const server = createServer(answer);
  server.on("connection", (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new InputError(`--watch: no page can be served here (${reason(error)}).`));
    });
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  server.on("error", () => {}); // a page that can't be shown must not end the run
  server.unref();
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  log(`watch the run on ${url}`);

  return {
    url,
    publish(event) {
      history.add(event);
      for (const response of open) send(response, event);
    },
    close() {
      for (const response of open) response.end(message({ kind: "end" }));
      open.clear();
      server.close();
      server.closeIdleConnections();
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { host, origin } = request.headers;
    // Any port, since one that is forwarded from another machine has another number there.
    const known = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? "");
    if (!known || (origin !== undefined && origin !== `http://${host}`))
      return refuse(response, 403, "Only the page's own address is answered.");
    if (request.method !== "GET") return refuse(response, 405, "Only GET is answered.", { allow: "GET" });
    if (request.url === "/")
      return void response
        .writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" })
        .end(page);
    if (request.url !== "/events") return refuse(response, 404, "There is only / here.");
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    response.on("close", () => open.delete(response));
    response.on("error", () => open.delete(response));
    open.add(response);
    response.write("retry: 1000\n\n");
    for (const event of history.events()) send(response, event);
  }

  function send(response: ServerResponse, event: WatchEvent): void {
    response.write(message(event));
    if (response.writableLength > mostBehind) response.destroy();
  }
}

/** An event of the stream: JSON has no line breaks, and no NaN, which becomes null. */
const message = (event: WatchEvent | { kind: "end" }): string => `data: ${JSON.stringify(event)}\n\n`;

const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function refuse(
  response: ServerResponse,
  status: number,
  why: string,
  more: Record<string, string> = {},
): void {
  response
    .writeHead(status, { ...headers, ...more, "content-type": "text/plain; charset=utf-8" })
    .end(`${why}\n`);
}
