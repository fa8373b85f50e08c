// A mirror on this machine for the tests of downloads: serves files, and fails in the ways that real ones do.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Mirror {
  url: string;
  /** What was asked for, as "name" or "name bytes=5-". */
  requests: string[];
  close(): Promise<void>;
}

export type Answer = (name: string, request: IncomingMessage, response: ServerResponse) => void;

export async function startMirror(answer: Answer): Promise<Mirror> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? "").split("/").at(-1) ?? "";
    requests.push([name, request.headers.range].filter(Boolean).join(" "));
    answer(name, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Serves the files, each whole. */
export const serving =
  (files: Record<string, Uint8Array>): Answer =>
  (name, _, response) => {
    response.statusCode = name in files ? 200 : 404;
    response.end(files[name]);
  };

/** Cuts every connection after `cut` bytes; with `ranges` it goes on from where a request asks. */
export const cutting =
  (files: Record<string, Uint8Array>, cut: number, ranges: boolean): Answer =>
  (name, request, response) => {
    const file = files[name];
    const start = ranges ? Number(request.headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": file.length - start,
      ...(start > 0 && { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    const part = file.subarray(start, start + cut);
    response.write(part, () => {
      if (start + part.length === file.length) response.end();
      // Time for the bytes to arrive before the reset overtakes them.
      else setTimeout(() => response.destroy(), 50);
    });
  };

/** A mirror's address at which nothing listens. */
export async function deadMirror(): Promise<string> {
  const mirror = await startMirror(() => {});
  await mirror.close();
  return mirror.url;
}
