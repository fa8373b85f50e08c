// A run's folder is locked while a run writes to it, a sweep's while its runs are started here, and the classifiers' while
// one is trained: run.lock says by which process. The lock of a killed one is taken over. Of several that start at once
// exactly one gets the folder.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../errors";
import { reason } from "./files";

export const lockName = "run.lock";
export const isLock = (name: string): boolean => name.startsWith(lockName);

/** Another process holds the lock. */
export class Locked extends InputError {}

export interface Lock {
  /** Throws InputError if another run has the lock, as it may once a process slept for minutes, or the folder is gone. */
  check(): void;
  release(): void;
}

interface Owner {
  pid: number;
  host: string;
  /** The host's boot and the namespace of the pid: only within one of them does a pid say anything. */
  place: string;
  /** When the process began, in the system's own unit: pids are used again. */
  started: string;
  token: string;
}

/**
 * Milliseconds between two signs of life, which other hosts go by, and after which none means that it is dead. So hosts
 * whose clocks are minutes apart must not share a run's folder.
 */
const BEAT = 15_000;
const DEAD = 120_000;
/** Milliseconds that a lock may be without its content: its owner is writing it, or was killed in between. */
const WRITING = 2_000;

const releases = new Set<() => void>();
process.on("exit", () => {
  for (const release of releases) release();
});

/** What holds the lock of a run's folder. */
const aRun = "a run writes to this folder";

/**
 * Locks the folder, which must exist. Throws Locked while another process holds it, which does what `holder` says, and
 * InputError if it can't be written.
 */
export function lockFolder(folder: string, holder = aRun): Lock {
  const path = join(folder, lockName);
  const own: Owner = {
    pid: process.pid,
    host: hostname(),
    place: placeOf(),
    started: startOf(process.pid),
    token: randomBytes(8).toString("hex"),
  };
  while (!create(path, own)) takeOver(folder, path, holder);
  let seen = Date.now();
  const held = () => {
    if (read(path)?.token !== own.token) return false;
    seen = Date.now();
    return true;
  };
  const beat = setInterval(() => held() && touch(path), BEAT).unref();
  const release = () => {
    clearInterval(beat);
    releases.delete(release);
    if (held()) rmSync(path, { force: true });
  };
  releases.add(release);
  return {
    check() {
      if (held()) return;
      if (!existsSync(folder))
        throw new InputError(`${folder}: gone: it was moved or removed while the run wrote to it.`);
      // One that was only deleted is made again; in a longer time another run may have come and gone.
      if (Date.now() - seen > DEAD || !create(path, own))
        throw new InputError(`${folder}: another run has taken this folder over.`);
    },
    release,
  };
}

/** False if the file is there already. */
function create(path: string, owner: Owner | undefined): boolean {
  try {
    const file = openSync(path, "wx");
    try {
      if (owner) writeFileSync(file, JSON.stringify(owner));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (reason(error) === "EEXIST") return false;
    throw new InputError(`${path}: can't be written (${reason(error)}).`);
  }
}

/** Throws Locked while another run holds the folder. */
export function requireUnlocked(folder: string, holder = aRun): void {
  const path = join(folder, lockName);
  const owner = read(path);
  const age = ageOf(path);
  if (age === undefined || !(owner ? isAlive(owner, age) : age < WRITING)) return;
  const who = owner ? ` (process ${owner.pid} on ${owner.host})` : "";
  throw new Locked(`${folder}: ${holder} right now${who}. Wait for it, or stop it.`);
}

/** Removes the lock of a dead owner. Throws Locked if the owner lives, or may. */
function takeOver(folder: string, path: string, holder: string): void {
  const owner = read(path);
  requireUnlocked(folder, holder);
  if (ageOf(path) === undefined) return; // released by now
  // Two may find the same dead owner. Only who makes the claim on this very lock removes it; without that, the slower
  // one would remove the new lock of the faster.
  const claim = `${path}.${owner?.token ?? "empty"}`;
  if (!create(claim, undefined)) {
    if ((ageOf(claim) ?? 0) > WRITING) rmSync(claim, { force: true }); // its maker was killed in between
    return;
  }
  try {
    if (read(path)?.token === owner?.token) rmSync(path, { force: true });
  } finally {
    rmSync(claim, { force: true });
  }
}

function isAlive(owner: Owner, age: number): boolean {
  if (owner.place !== placeOf()) return age < DEAD;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (reason(error) === "ESRCH") return false;
  }
  const started = startOf(owner.pid);
  return started === "" || owner.started === "" || started === owner.started;
}

function read(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function ageOf(path: string): number | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat && Math.abs(Date.now() - stat.mtimeMs); // of a clock that was set back, too
  } catch {
    return undefined; // no folder, or one that can't be looked into: nothing can be locked there
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The folder is gone, or full: the run will find out by what it writes there.
  }
}

/** "" where the system does not tell, as of other users' processes on some. */
function startOf(pid: number): string {
  try {
    // The second field is the program's name in brackets, which may hold spaces and brackets. Then follow the state
    // and, as the 22nd, the start. A zombie was killed, and waits for a parent that doesn't ask.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? "ended" : fields[19];
  } catch {
    return "";
  }
}

function placeOf(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${hostname()} ${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
