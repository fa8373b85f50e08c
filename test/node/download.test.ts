// Downloads from a server on this machine: whole, cut, wrong, silent and absent.
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

test("a 404, a dead mirror and a silent one each say so, in time", () =>
  withMirrors([serving({}), () => {}], async (urls) => {
    const start = performance.now();
    const mirrors = [urls[0], await deadMirror(), urls[1]];
    const message = await failure(download("a.gz", sha256(file), mirrors, { patience }));
    assert.match(message, /HTTP 404, .*ECONNREFUSED, .*timed out$/);
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

test.run();
