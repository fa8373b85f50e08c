// Runs a command beside a Slurm of this machine alone, which ends with it, to try a sweep before it goes to a cluster.
// usage: node scripts/slurm.mjs COMMAND…, as in node scripts/slurm.mjs sbatch --wait runs/my-sweep/sweep.sbatch
import { spawn } from "node:child_process";
import { fail } from "./shell.mjs";
import { startSlurm } from "./slurmDaemons.mjs";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) fail("slurm: a command is missing: node scripts/slurm.mjs COMMAND…");
const { env, end } = await startSlurm().catch((error) => fail(error.message));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
const child = spawn(command, args, { env, stdio: "inherit" });
const code = await new Promise((resolve) => {
  child.on("error", (error) => {
    console.error(`slurm: ${command}: can't be started (${error.code}).`);
    resolve(1);
  });
  child.on("exit", (status) => resolve(status ?? 1));
});
await end();
process.exit(code);
