// Downloads from a server on this machine: whole, cut, wrong, silent and absent.
import { createServer, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { download, sha256 } from "../../src/node/download";
import { type Answer, cutting, deadMirror, serving, startMirror } from "./mirror";

const file = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) % 256);
const files = { "a.gz": file };
const patience = { headers: 300, total: 1_000 };

/** Runs the body with mirrors that answer so, and closes them. */
async function withMirrors(
  answers: Answer[],
  body: (urls: string[], requests: string[][]) => Promise<void>,
): Promise<void> {
  const mirrors = await Promise.all(answers.map(startMirror));
  try {
    await body(
      mirrors.map(({ url }) => url),
      mirrors.map(({ requests }) => requests),
    );
  } finally {
    await Promise.all(mirrors.map((mirror) => mirror.close()));
  }
}

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: Error) => error.message,
  );

test("the first mirror that serves the file is enough", () =>
  withMirrors([serving(files), serving(files)], async (urls, requests) => {
    assert.equal([...(await download("a.gz", sha256(file), urls))], [...file]);
    assert.equal(requests, [["a.gz"], []]);
  }));

test("a connection cut twice is taken up where it broke", () =>
  withMirrors([cutting(files, 4_000, true)], async (urls, [requests]) => {
    assert.equal([...(await download("a.gz", sha256(file), urls))], [...file]);
    assert.equal(requests, ["a.gz", "a.gz bytes=4000-", "a.gz bytes=8000-"]);
  }));

test("a mirror that cuts and knows no ranges gives way to the next", () =>
  withMirrors([cutting(files, 4_000, false), serving(files)], async (urls, requests) => {
    assert.equal([...(await download("a.gz", sha256(file), urls))], [...file]);
    assert.is(requests[1].length, 1);
  }));

test("a wrong sha256 gives way to the next mirror, and is told when all are wrong", () =>
  withMirrors([serving({ "a.gz": file.subarray(1) }), serving(files)], async (urls) => {
    assert.equal([...(await download("a.gz", sha256(file), urls))], [...file]);
    const message = await failure(download("a.gz", sha256(file), [urls[0], urls[0]]));
    assert.match(message, /^a\.gz from 127\.0\.0\.1:\d+: wrong sha256, 127\.0\.0\.1:\d+: wrong sha256$/);
  }));

test("a 404 and a dead mirror each say so", () =>
  withMirrors([serving({})], async ([url]) => {
    const message = await failure(download("a.gz", sha256(file), [url, await deadMirror()]));
    assert.match(message, /HTTP 404, .*ECONNREFUSED$/);
  }));

test("a mirror that never answers is left when the time for headers is up", () =>
  withMirrors([() => {}], async (urls) => {
    const start = performance.now();
    assert.match(await failure(download("a.gz", sha256(file), urls, { patience })), /timed out$/);
    assert.ok(performance.now() - start < 2_000);
  }));

test("a mirror that stalls in the middle is left when the time is up", () => {
  const stalling: Answer = (_, __, response) => {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, 100));
  };
  return withMirrors([stalling], async (urls) => {
    assert.match(await failure(download("a.gz", sha256(file), urls, { patience })), /timed out/);
  });
});

/** A proxy on this machine: passes on what it is asked for, or answers all with `status`. */
async function withProxy(
  body: (address: string, asked: string[]) => Promise<void>,
  status?: number,
): Promise<void> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const proxy = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (status !== undefined) return void outgoing.writeHead(status).end();
    const { headers } = incoming;
    request(incoming.url!, { headers }, (response) => {
      outgoing.writeHead(response.statusCode!, response.headers);
      response.pipe(outgoing);
      response.on("error", () => outgoing.destroy());
    }).end();
  });
  proxy.on("connection", (socket: Socket) => open.add(socket));
  proxy.on("connect", ({ url }, socket: Socket) => {
    asked.push(`CONNECT ${url}`);
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const target = new URL(`http://${url}`);
    const other = connect(Number(target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(other).pipe(socket);
    });
    other.on("close", () => socket.destroy());
    open.add(other);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    await body(`127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  }
}

for (const name of ["http_proxy", "HTTP_PROXY"]) {
  test(`${name}: the file comes through the proxy, a cut connection as well; NO_PROXY's hosts come without it`, () =>
    withMirrors([serving(files), cutting(files, 4_000, true)], (urls) =>
      withProxy(async (address, asked) => {
        for (const proxy of [`http://${address}`, address]) {
          const env = { [name]: proxy };
          for (const url of urls) {
            assert.equal([...(await download("a.gz", sha256(file), [url], { env }))], [...file]);
          }
          assert.ok(asked.length >= 2, `${asked}`);
          assert.ok(asked.every((line) => urls.some((url) => line.includes(new URL(url).host))));
          asked.length = 0;
          const without = { ...env, NO_PROXY: "localhost,127.0.0.1" };
          assert.equal([...(await download("a.gz", sha256(file), [urls[0]], { env: without }))], [...file]);
          assert.equal(asked, []);
        }
      }),
    ));
}

test("HTTPS_PROXY is asked for a mirror by https, and named where it refuses", () =>
  withProxy(async (address, asked) => {
    const mirror = ["https://mirror.invalid/mnist/"];
    const env = { HTTPS_PROXY: `http://me:secret@${address}/` };
    const message = await failure(download("a.gz", sha256(file), mirror, { env }));
    assert.equal(asked, ["CONNECT mirror.invalid:443"]);
    assert.match(message, /^a\.gz from mirror\.invalid: .*407.* \(HTTPS_PROXY is 127\.0\.0\.1:\d+\)$/);
    assert.not.match(message, /secret|me:/);
  }, 407));

test("a proxy that is down, silent or misspelt is named in one line", async () => {
  const host = new URL(await deadMirror()).host;
  const mirror = ["https://mirror.invalid/mnist/"];
  const said = (proxy: string, given?: typeof patience) =>
    failure(download("a.gz", sha256(file), mirror, { env: { https_proxy: proxy }, patience: given }));
  assert.match(
    await said(`http://${host}`),
    /mirror\.invalid: ECONNREFUSED \(https_proxy is 127\.0\.0\.1:\d+\)$/,
  );
  assert.match(await said("ftp://127.0.0.1:1"), /mirror\.invalid: [^\n]+ \(https_proxy is 127\.0\.0\.1:1\)$/);
  assert.match(await said("http://:::"), /mirror\.invalid: [^\n]+ \(https_proxy is :::\)$/);
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  silent.on("connect", () => {});
  const { port } = silent.address() as AddressInfo;
  assert.match(await said(`127.0.0.1:${port}`, patience), /timed out \(https_proxy is/);
  silent.closeAllConnections();
  silent.close();
});

test.run();
