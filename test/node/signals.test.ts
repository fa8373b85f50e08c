// What signals do to a program that trains: a stop is noted once a run has begun, ends it at once before, and a second
// Ctrl-C within a second is the same key press, also when the program was too busy to hear it.
import { type ChildProcess, spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { program } from "./program";

const onUnix = process.platform === "win32" ? test.skip : test;

let file: Promise<string> | undefined;

/** Begins a run as far as signals can tell: says "ready", works until it is asked to stop, and then for `lasts` ms. */
async function start(how: { begins: boolean; lasts?: number; busy?: number }): Promise<Told> {
  file ??= program(`
    import { signals } from "./src/node/signals";
    const { begins, lasts = 0, busy = 0 } = JSON.parse(process.argv[2]);
    if (begins) signals.begin(console.log);
    console.log("ready");
    let stopped;
    setInterval(() => {
      if (signals.takeSaveRequest()) console.log("saves");
      if (signals.stopCode === undefined) return;
      if (stopped === undefined) {
        stopped = Date.now();
        for (const until = Date.now() + busy; Date.now() < until; );
        console.log("was busy");
      }
      if (Date.now() - stopped >= lasts) process.exit(signals.stopCode);
    }, 5);`);
  const child = spawn(process.execPath, [await file, JSON.stringify(how)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Told(child);
}

/** A child, what it has said so far, and how it ends. */
class Told {
  text = "";
  private readonly closed: Promise<unknown>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk) => {
        this.text += chunk;
      });
    }
    this.closed = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code)));
  }

  async says(line: string): Promise<void> {
    while (!this.text.includes(line) && this.child.exitCode === null && this.child.signalCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.match(this.text, line);
  }

  async ends(): Promise<unknown> {
    return this.closed;
  }
}

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

for (const [signal, code] of Object.entries(codes) as [keyof typeof codes, number][]) {
  onUnix(
    `${signal} is noted by a run and gives ${code}; before one it ends the program at once with one line`,
    async () => {
      const run = await start({ begins: true });
      await run.says("ready");
      run.child.kill(signal);
      assert.is(await run.ends(), code);
      assert.is(run.text.match(/stopping after this step/g)?.length, 1, run.text);
      const early = await start({ begins: false });
      await early.says("ready");
      early.child.kill(signal);
      assert.is(await early.ends(), code);
      assert.match(early.text, /^ready\nmonge: \S+ before the first step: nothing to save\.\n$/);
    },
  );
}

onUnix("SIGUSR1 asks to save, and the program goes on", async () => {
  const run = await start({ begins: true });
  await run.says("ready");
  run.child.kill("SIGUSR1");
  await run.says("saves");
  run.child.kill("SIGTERM");
  assert.is(await run.ends(), 143);
  assert.not.match(run.text, "Debugger");
});

onUnix("a second Ctrl-C at once is the same press, and one a second later ends the program", async () => {
  const run = await start({ begins: true, lasts: 60_000 });
  await run.says("ready");
  run.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 100));
  run.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.is(run.child.exitCode, null, run.text);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  run.child.kill("SIGINT");
  assert.is(await run.ends(), 130);
});

onUnix(
  "a second Ctrl-C that came at once, but is heard late by a busy program, is still the same press",
  async () => {
    const run = await start({ begins: true, busy: 2500, lasts: 4000 });
    await run.says("ready");
    run.child.kill("SIGINT");
    await run.says("stopping");
    run.child.kill("SIGINT");
    await run.says("was busy");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.is(run.child.exitCode, null, run.text);
    assert.is(await run.ends(), 130);
  },
);

test.run();
