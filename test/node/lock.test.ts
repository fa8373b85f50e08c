// The lock of a run's folder: held while its process lives, taken over when that is dead, and never by two.
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lockFolder } from "../../src/node/lock";
import { program } from "./program";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();

function folder(name: string): string {
  const path = join(base, name);
  mkdirSync(path);
  return path;
}

/** Leaves a lock in the folder, with some of it changed. */
function leave(path: string, change: (owner: Record<string, unknown>) => void, age = 0): void {
  const lock = lockFolder(path);
  const file = join(path, "run.lock");
  const owner = JSON.parse(readFileSync(file, "utf8"));
  lock.release();
  change(owner);
  writeFileSync(file, JSON.stringify(owner));
  const then = new Date(Date.now() - age);
  utimesSync(file, then, then);
}

const gone = spawnSync(process.execPath, ["--eval", ""]).pid;

test("a folder is locked until it is released, and the one line says by whom", () => {
  const path = folder("held");
  const lock = lockFolder(path);
  assert.throws(
    () => lockFolder(path),
    new RegExp(
      `held: a run writes to this folder right now \\(process ${process.pid} on .+\\)\\. Wait for it, or stop it\\.$`,
    ),
  );
  lock.check();
  lock.release();
  assert.equal(readdirSync(path), []);
  lockFolder(path).release();
});

test("the lock of a dead process is taken over, also where another has its number now", () => {
  const dead = folder("dead");
  leave(dead, (owner) => Object.assign(owner, { pid: gone }));
  lockFolder(dead).release();
  assert.not(existsSync(join(dead, "run.lock")));
  const again = folder("again");
  leave(again, (owner) => Object.assign(owner, { started: "1" }));
  lockFolder(again).release();
});

test("of another host's lock only its age tells, since its processes can't be asked", () => {
  const elsewhere = { host: "elsewhere", place: "elsewhere", pid: gone };
  const [fresh, old] = [folder("fresh"), folder("old")];
  leave(fresh, (owner) => Object.assign(owner, elsewhere));
  assert.throws(() => lockFolder(fresh), /on elsewhere\)/);
  leave(old, (owner) => Object.assign(owner, elsewhere), 150_000);
  lockFolder(old).release();
});

test("a lock without content is one that is being written, or soon a dead one", () => {
  const path = folder("empty");
  const file = join(path, "run.lock");
  writeFileSync(file, "");
  assert.throws(() => lockFolder(path), /a run writes to this folder right now\./);
  utimesSync(file, new Date(0), new Date(0));
  lockFolder(path).release();
});

test("a run whose folder was taken over is told so", () => {
  const path = folder("taken");
  const lock = lockFolder(path);
  writeFileSync(join(path, "run.lock"), JSON.stringify({ token: "another" }));
  assert.throws(() => lock.check(), /taken: another run has taken this folder over\./);
  lock.release();
  assert.ok(existsSync(join(path, "run.lock")), "the other one's lock stays");
});

test("a lock that someone deleted is made again; a folder that is gone is told of", () => {
  const path = folder("deleted");
  const lock = lockFolder(path);
  rmSync(join(path, "run.lock"));
  lock.check();
  assert.throws(() => lockFolder(path), /a run writes to this folder right now/);
  rmSync(path, { recursive: true });
  assert.throws(() => lock.check(), /deleted: gone: it was moved or removed while the run wrote to it\.$/);
  lock.release();
});

test("a lock from the future is no younger than one from the past", () => {
  const [soon, far] = [folder("soon"), folder("far")];
  const elsewhere = { host: "elsewhere", place: "elsewhere", pid: gone };
  leave(soon, (owner) => Object.assign(owner, elsewhere), -60_000);
  assert.throws(() => lockFolder(soon), /on elsewhere\)/);
  leave(far, (owner) => Object.assign(owner, elsewhere), -3_600_000);
  lockFolder(far).release();
});

test("a process whose start the system does not tell lives as long as its number does", () => {
  const path = folder("unknown");
  leave(path, (owner) => Object.assign(owner, { started: "" }));
  assert.throws(() => lockFolder(path), /a run writes to this folder right now/);
});

test("of processes that find a dead lock at the same moment exactly one gets the folder", async () => {
  const file = await program(`
    import { lockFolder } from "./src/node/lock";
    const [start, ...paths] = process.argv.slice(2);
    while (Date.now() < Number(start));
    console.log(paths.map((path) => { try { lockFolder(path); return 1; } catch { return 0; } }).join(""));
    setTimeout(() => {}, 3000);`);
  const paths = Array.from({ length: 50 }, (_, i) => {
    const path = folder(`race-${i}`);
    leave(path, (owner) => Object.assign(owner, { pid: gone }));
    return path;
  });
  const start = String(Date.now() + 1500);
  const said = await Promise.all(
    [1, 2, 3, 4].map(async () =>
      (await promisify(execFile)(process.execPath, [file, start, ...paths])).stdout.trim(),
    ),
  );
  const winners = paths.map((_, i) => said.filter((line) => line[i] === "1").length);
  assert.equal(
    winners,
    paths.map(() => 1),
  );
});

test.run();
