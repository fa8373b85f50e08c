// A Slurm of this machine alone, for trying sweeps: its daemons with all their files in a temporary folder, under the
// caller's name, on ports of their own. Nothing of a Slurm that is installed here is read or changed.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol"];
/** Milliseconds until the node must be ready. */
const PATIENCE = 30_000;
/** Milliseconds that jobs, and then each daemon, have to end. */
const ENDING = 10_000;
const later = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** Debian has daemons where only root looks for programs. */
const withDaemons = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin` };

/** The programs of Slurm that are not here; on Debian the packages slurm-wlm and munge have them. */
export const missingPrograms = () =>
  programs.filter((program) => spawnSync(program, ["-V"], { stdio: "ignore", env: withDaemons }).error);

/**
 * Starts the daemons. `env` is for Slurm's commands, `end` ends the daemons and removes the folder. Throws an Error of one
 * line.
 */
export async function startSlurm() {
  const missing = missingPrograms();
  if (missing.length > 0)
    throw new Error(`slurm: ${missing.join(", ")}: not here (Debian: slurm-wlm munge).`);
  const folder = mkdtempSync(join(tmpdir(), "monge-slurm-"));
  const file = (name) => join(folder, name);
  const env = { ...withDaemons, SLURM_CONF: file("slurm.conf") };
  const daemons = [];
  const end = async () => {
    // What is at work under a daemon would outlive it.
    spawnSync("scancel", ["--user", userInfo().username], { env, stdio: "ignore" });
    for (const began = Date.now(); Date.now() - began < ENDING; await later(200)) {
      if (spawnSync("squeue", ["--noheader"], { env, encoding: "utf8" }).stdout === "") break;
    }
    for (const daemon of daemons.toReversed()) {
      daemon.kill("SIGTERM");
      await Promise.race([daemon.ended, later(ENDING)]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (program, ...args) => {
    const daemon = spawn(program, args, { env, stdio: "ignore" });
    daemon.ended = new Promise((resolve) => daemon.on("exit", resolve));
    daemons.push(daemon);
  };
  const spool = file("spool");
  mkdirSync(spool);
  mkdirSync(file("state"));
  writeFileSync(file("munge.key"), crypto.getRandomValues(new Uint8Array(128)), { mode: 0o400 });
  writeFileSync(file("slurm.conf"), await configuration(file));
  chmodSync(folder, 0o711); // munged wants its socket to be reached by all
  const munge = ["key-file", "socket", "pid-file", "log-file", "seed-file"].map(
    (name) => `--${name}=${file(name === "key-file" ? "munge.key" : `munge.${name}`)}`,
  );
  start("munged", "--foreground", "--force", ...munge);
  start("slurmctld", "-D");
  start("slurmd", "-D");
  const began = Date.now();
  for (;;) {
    const { stdout } = spawnSync("sinfo", ["--noheader", "--format=%T"], { env, encoding: "utf8" });
    if (stdout?.trim() === "idle") return { env, end };
    if (Date.now() - began > PATIENCE) {
      const said = ["slurmctld.log", "slurmd.log"].flatMap((name) => lastLine(file(name)));
      await end();
      throw new Error(`slurm: the node is not ready after ${PATIENCE / 1000} s: ${said.join("; ")}`);
    }
    await later(200);
  }
}

/** As little as one node needs. A job that was queued again waits as long as its old credential is good. */
async function configuration(file) {
  const host = hostname().split(".")[0];
  const [control, node] = await freePorts(2);
  return `ClusterName=monge
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
SlurmdPort=${node}
AuthType=auth/munge
AuthInfo=socket=${file("munge.socket")},cred_expire=5
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
StateSaveLocation=${file("state")}
SlurmdSpoolDir=${file("spool")}
SlurmctldPidFile=${file("slurmctld.pid")}
SlurmdPidFile=${file("slurmd.pid")}
SlurmctldLogFile=${file("slurmctld.log")}
SlurmdLogFile=${file("slurmd.log")}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=1000
PartitionName=all Nodes=${host} Default=YES
`;
}

/** Ports that nobody listens on. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function lastLine(path) {
  try {
    return readFileSync(path, "utf8").trim().split("\n").slice(-1);
  } catch {
    return [];
  }
}
