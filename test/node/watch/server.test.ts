// The page of `--watch`: what it tells and whom, and that it keeps no process from ending.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { WatchEvent } from "../../../src/node/watch/history";
import { startWatch } from "../../../src/node/watch/server";
import { madeUpRows } from "../outputs/rows";
import { temporaryFolder } from "../temporary";

const rows = madeUpRows(20);
const start = () => startWatch({ log() {}, title: "my <run> $&" });

/** Status, headers and body of one request. */
async function ask(url: string, headers: Record<string, string> = {}, method = "GET") {
  const sent = request(url, { method, headers }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

/** Opens the stream; gives its events as they come, and a promise of its end. */
async function listen(url: string) {
  const [response] = (await once(get(`${url}events`), "response")) as [IncomingMessage];
  const events: (WatchEvent | { kind: "end" })[] = [];
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const whole = (text + chunk).split("\n\n");
    text = whole.pop()!;
    for (const message of whole) {
      if (message.startsWith("data: ")) events.push(JSON.parse(message.slice(6)));
    }
  });
  const until = async (count: number) => {
    while (events.length < count) await once(response, "data");
    return events;
  };
  response.on("error", () => {}); // the other side may end without a word
  return { response, events, until, ended: new Promise((resolve) => response.on("close", resolve)) };
}

test("the page stands at its address, holds all of itself and escapes the run's name", async () => {
  const said: string[] = [];
  const watch = await startWatch({ log: (line) => said.push(line), title: "my <run> $&" });
  const { status, headers, body } = await ask(watch.url);
  assert.is(status, 200);
  assert.match(watch.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assert.equal(said, [`watch the run on ${watch.url}`]);
  assert.match(body, /<h1>my &lt;run&gt; \$&amp;<\/h1>/);
  assert.match(body, /var uPlot=/);
  assert.not.match(body, /\{\{|(src|href)="(?!data:)/);
  assert.match(String(headers["content-security-policy"]), /default-src 'none'.*frame-ancestors 'none'/);
  watch.close();
});

test("what is published comes to every open page, and all of it to one that is opened later", async () => {
  const watch = await start();
  const early = await listen(watch.url);
  const events: WatchEvent[] = [
    { kind: "rows", rows: rows.slice(0, 10) },
    { kind: "log", line: "step 10\nof 20" },
    { kind: "picture", step: 10, png: "AAAA" },
    { kind: "progress", step: 10, steps: 20, rate: 2, left: 5 },
  ];
  for (const event of events) watch.publish(event);
  watch.publish({ kind: "rows", rows: rows.slice(10) });
  watch.publish({ kind: "picture", step: 20, png: "BBBB" });
  assert.equal((await early.until(7)).slice(1, 5), events);
  const late = await listen(watch.url);
  assert.equal(await late.until(4), [
    { kind: "rows", rows },
    { kind: "log", line: "step 10\nof 20" },
    { kind: "picture", step: 20, png: "BBBB" },
    events[3],
  ]);
  watch.close();
  await Promise.all([early.ended, late.ended]);
  assert.equal(
    [early, late].map(({ events }) => events.at(-1)),
    [{ kind: "end" }, { kind: "end" }],
  );
});

test("the history of a run of any length stays small", async () => {
  const watch = await start();
  for (let i = 0; i < 100; i++) {
    const chunk = madeUpRows(500).map((row) => ({ ...row, step: row.step + i * 500 }));
    watch.publish({ kind: "rows", rows: chunk });
    for (let j = 0; j < 5; j++) watch.publish({ kind: "log", line: `${i}-${j}` });
  }
  const { until, response } = await listen(watch.url);
  const [first, ...lines] = await until(201);
  assert.ok(first.kind === "rows" && first.rows.length <= 8000 && first.rows.length > 2000);
  assert.is(first.rows.at(-1)!.step, 50_000);
  assert.equal(lines.at(-1), { kind: "log", line: "99-4" });
  assert.is(lines.length, 200);
  response.destroy();
  watch.close();
});

test("other hosts, other origins, other paths and other methods are refused", async () => {
  const watch = await start();
  const { port } = new URL(watch.url);
  // The last is a port that was forwarded from another machine.
  const mine = [`127.0.0.1:${port}`, `localhost:${port}`, "localhost:8080"];
  for (const path of ["", "events"]) {
    const url = watch.url + path;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1.evil.example",
      "0.0.0.0",
      "localhost:",
      "::1",
      "a@localhost",
    ]) {
      assert.is((await ask(url, { host })).status, 403, host);
    }
    for (const origin of [
      "http://evil.example",
      "null",
      `https://127.0.0.1:${port}`,
      "http://127.0.0.1",
      `http://localhost:${port}`,
      "http://127.0.0.1:1",
      `http://localhost:${port}.evil.example`,
    ]) {
      assert.is((await ask(url, { origin })).status, 403, origin);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
      const { status, headers } = await ask(url, {}, method);
      assert.equal([status, headers.allow], [405, "GET"]);
    }
  }
  for (const host of mine) assert.is((await ask(watch.url, { host, origin: `http://${host}` })).status, 200);
  for (const path of [
    "favicon.ico",
    "..%2f..%2fetc/passwd",
    "package.json",
    "events/",
    "events?x",
    "?x",
    "/",
  ]) {
    assert.is((await ask(watch.url + path)).status, 404, path);
  }
  watch.close();
});

test("a request that names no host, or is none, is refused and ends nothing", async () => {
  const watch = await start();
  const port = Number(new URL(watch.url).port);
  for (const [text, status] of [
    ["GET / HTTP/1.0\r\n\r\n", "403"],
    ["GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", "403"],
    ["nonsense\r\n\r\n", "400"],
  ]) {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.write(text);
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    assert.is(answer.split(" ")[1], status, text);
  }
  assert.is((await ask(watch.url)).status, 200);
  watch.close();
});

test("a program ends by itself although pages are open, closed or not", async () => {
  const program = join(temporaryFolder(), "watching.mjs");
  await build({
    stdin: {
      contents: `import { startWatch } from "./src/node/watch/server";
        const watch = await startWatch({ log: console.log, title: "run" });
        process.stdin.once("data", () => {
          process.stdin.unref?.();
          process.stdin.destroy();
          if (process.argv[2] === "close") watch.close();
        });`,
      resolveDir: process.cwd(),
    },
    ...{ bundle: true, format: "esm", platform: "node", outfile: program, logLevel: "error" },
  });
  for (const how of ["close", "leave"]) {
    const child = spawn(process.execPath, [program, how], { stdio: ["pipe", "pipe", "inherit"] });
    const exit = once(child, "exit");
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    const { ended, until } = await listen(line.trim().split(" ").at(-1));
    await until(1);
    child.stdin.write("\n");
    assert.equal(await exit, [0, null], how);
    await ended;
  }
});

test.run();
