// The command `npm run sweep`: writes the command lines of many runs, runs them here, or reports what they left.
import { chmodSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { runCommand } from "./command";
import { makeFolders, writeTogether } from "./files";
import { counted } from "./progress";
import { requireUnused, timeStamp } from "./runFolder";
import { runHere } from "./sweep/local";
import { parseSweepOptions, sweepHelp } from "./sweep/options";
import { lineOf, makePlan } from "./sweep/plan";
import { report } from "./sweep/report";
import { mostTasks, optunaText, sbatchText } from "./sweep/scripts";
import { quoted } from "./sweep/words";

const program = realpathSync(process.argv[1]);
/** The words that start a command: by the package's program, or by the one that builds where a source has changed. */
const start = (command: string): string[] =>
  program.endsWith("monge.js")
    ? ["node", program, command]
    : ["node", resolve(dirname(program), "../../../scripts/run.mjs"), `node/${command}`];

await runCommand(async () => {
  const options = parseSweepOptions(process.argv.slice(2));
  if (options.kind === "help") return void process.stdout.write(sweepHelp);
  if (options.kind === "local") return runHere(options.folder, options.atOnce);
  if (options.kind === "report") return report(options.folder);

  const out = options.out ?? join("runs", `sweep-${timeStamp(new Date())}`);
  const plan = makePlan(options, start("train"), console.log);
  const { runs, points } = plan;
  requireUnused(out);
  const adapter = options.train.adapter === undefined ? [] : ["--adapter", options.train.adapter];
  const optuna = optunaText(plan, options.seeds, [...start("evaluate"), ...adapter]);
  makeFolders(out);
  writeTogether([
    [join(out, "runs.txt"), runs.map((words) => `${lineOf(words)}\n`).join("")],
    [join(out, "sweep.sbatch"), sbatchText(resolve(out), runs.length)],
    ...(optuna === undefined ? [] : [[join(out, "optuna.sh"), optuna] as const]),
  ]);
  if (optuna !== undefined) chmodSync(join(out, "optuna.sh"), 0o755);
  makeFolders(join(out, "logs"));
  const seeds = options.seeds.length;
  // As a POSIX shell reads them; Windows' own knows double quotes alone.
  const shown = (path: string) => (process.platform === "win32" ? `"${path}"` : quoted(path));
  const says = [
    `${out}: ${counted(runs.length, "run")}, ${counted(points, "point")} of the grid by ${counted(seeds, "seed")}`,
    `  here, two at once  npm run sweep -- --local 2 ${shown(out)}`,
    `  with Slurm         sbatch ${shown(`${out}/sweep.sbatch`)}`,
    ...(options.axes.length > 0 ? [`  with Optuna        ${shown(`${out}/optuna.sh`)} 20`] : []),
    `  what came of it    npm run sweep -- --report ${shown(out)}`,
  ];
  if (runs.length > mostTasks)
    says.push(
      `Slurm takes arrays of ${mostTasks} tasks, if its MaxArraySize is not set higher: ask for that, or queue parts, ` +
        "as the head of sweep.sbatch says",
    );
  console.log(says.join("\n"));
});
