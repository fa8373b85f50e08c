// The texts of sweep.sbatch and optuna.sh. Both are short enough to read, and to change before they are started.

import { shellInFull } from "./paths";
import { lineOf, type Plan } from "./plan";
import { quoted } from "./words";

/** The most tasks of an array where Slurm is as it comes: its MaxArraySize is 1001, and the numbers stay below. */
export const mostTasks = 1000;

/**
 * An array of Slurm over the lines of runs.txt. The script stays beside its run to pass signals on: Slurm tells a batch
 * script, and only some of its ways to tell reach the programs under it.
 */
export const sbatchText = (folder: string, runs: number): string => `#!/bin/bash
# One run of runs.txt for each task of the array. What a run needs is said when it is queued:
#   sbatch --gres=gpu:1 --time=04:00:00 sweep.sbatch
# Where the folder was moved or copied, it is named, since the line with chdir below is of the first one:
#   sbatch --chdir=FOLDER FOLDER/sweep.sbatch
# More tasks than Slurm takes (${mostTasks}, if MaxArraySize is not set higher) go in parts, such as the lines 1001 to 2000:
#   sbatch --array=1-1000 --output=logs/slurm-%A_%a.log sweep.sbatch 1000
#SBATCH --job-name=sweep
#SBATCH --array=1-${runs}
#SBATCH --chdir=${/^[\w./:=,@+-]+$/.test(folder) ? folder : JSON.stringify(folder)}
#SBATCH --output=logs/%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR2@120

# SIGTERM comes where the job is preempted, requeued or cancelled: the run writes a checkpoint and ends with 143. Slurm
# queues it again, or does not. SIGUSR2 comes two minutes before the time is over: then we queue it ourselves, to go on.
# scancel --batch --signal=USR1 JOB writes a checkpoint in between.
${shellInFull("$SLURM_SUBMIT_DIR")}
number=$((SLURM_ARRAY_TASK_ID + \${1:-0}))
# Slurm runs a copy of this file, and tells where it was queued from. With a sweep there, that is the one that is meant.
from=$(scontrol show job "$SLURM_JOB_ID" 2>/dev/null | sed -n 's/^ *Command=//p' | head -n 1)
case $from in '' | /*) ;; *) from=$SLURM_SUBMIT_DIR/$from ;; esac
from=$(dirname "$from")
if [ -f "$from/runs.txt" ] && ! [ "$from" -ef . ]; then
  exec >>"$from/logs/$number.log" 2>&1
  echo "monge: sweep.sbatch was written for the folder $PWD, so name this one: sbatch --chdir=FOLDER FOLDER/sweep.sbatch"
  echo "ended with 1"
  exit 1
fi
# The log is named by the task's number, which in a part is not the line's.
if [ -n "\${1-}" ]; then exec >>"logs/$number.log" 2>&1; fi
line=$(sed -n "\${number}p" runs.txt)
if [ -z "$line" ]; then
  echo "monge: runs.txt has no line $number."
  exit 1
fi
again=
eval "$line &"
run=$!
trap 'kill -TERM "$run" 2>/dev/null' TERM
trap 'again=1; kill -TERM "$run" 2>/dev/null' USR2
trap 'kill -USR1 "$run" 2>/dev/null' USR1
# A signal that is passed on ends a wait as well, so it is asked until the run is gone.
while kill -0 "$run" 2>/dev/null; do wait "$run"; done
wait "$run"
code=$?
echo "ended with $code"
if [ -n "$again" ] && [ "$code" = 143 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
exit "$code"
`;

/**
 * Optuna's command line asked for settings in the range of the grid; undefined without a grid. `evaluate` are the words
 * that start the command of that name. Several may run at once on one study.
 */
export function optunaText(
  { begin, axes }: Plan,
  seeds: readonly number[],
  evaluate: readonly string[],
): string | undefined {
  if (axes.length === 0) return undefined;
  const space = Object.fromEntries(axes.map(({ name, values }) => [name, distributionOf(values)]));
  return `#!/bin/sh
# Optuna chooses the settings: each trial is asked for, run with every seed, and the mean is told.
# usage: ./optuna.sh [TRIALS]      further trials of the study that is here, without a number 20; it ends with 1 where one
# of them failed. optuna-dashboard and others open optuna.db
set -u
trials=\${1-20}
case $trials in
  '' | 0* | *[!0-9]* | ????????*) wrong=1 ;;
  *) wrong= ;;
esac
if [ -n "$wrong" ] || [ $# -gt 1 ]; then
  printf '%s: expected how many trials, as in ./optuna.sh 20, got: %s\\n' "$0" "$*" >&2
  exit 1
fi
# What is relative was meant from the folder of who started this.
${shellInFull("$PWD")}
cd "$(dirname "$0")" || exit 1
study='--storage sqlite:///optuna.db --study-name sweep'
space=${quoted(JSON.stringify(space))}

# What is to become small, of the run in folder $1: the distance of its samples from the data, as npm run evaluate has it.
value() {
  ${lineOf(evaluate)} --run "$1" --json "$1.json" >>"$1.log" 2>&1 &&
    node -e 'const { figures } = JSON.parse(fs.readFileSync(process.argv[1]));
      const found = figures.find(({ name }) => /^((Wasserstein-1|Fréchet) distance|KL of modes to uniform)$/.test(name));
      if (!found) {
        console.error("monge: images of one class have no distance by a classifier, so there is nothing to make small.");
        process.exit(1);
      }
      console.log(found.generated.mean);' "$1.json" 2>>"$1.log"
}

run= stopped=
trap 'stopped=130; [ -z "$run" ] || kill -INT "$run" 2>/dev/null' INT
trap 'stopped=143; [ -z "$run" ] || kill -TERM "$run" 2>/dev/null' TERM
optuna create-study $study --direction minimize --skip-if-exists || exit 1
trial=0 failed=0 begun=$(date +%s)
while [ "$trial" -lt "$trials" ]; do
  trial=$((trial + 1))
  asked=$(optuna ask $study --search-space "$space") || exit 1
  number=$(printf %s "$asked" | node -p 'JSON.parse(fs.readFileSync(0)).number')
  # In single quotes, which are \\x27 here: the shell reads the line below.
  words=$(printf %s "$asked" | node -p 'Object.entries(JSON.parse(fs.readFileSync(0)).params)
    .map(([name, value]) => "--" + name + " \\x27" + String(value).replaceAll("\\x27", "\\x27\\\\\\x27\\x27") + "\\x27")
    .join(" ")')
  left=
  if [ "$trial" -gt 1 ]; then
    left=", about $((($(date +%s) - begun) * (trials - trial + 1) / (trial - 1))) s left"
  fi
  printf 'trial %s, %s of %s%s: %s\\n' "$number" "$trial" "$trials" "$left" "$words"
  sum=0
  for seed in ${seeds.join(" ")}; do
    out=trials/$number/seed-$seed
    line=${doubleQuoted(lineOf(begin))}" $words --seed $seed --out $out --resume-if-there"
    mkdir -p "trials/$number"
    printf '%s\\n' "$line" >>trials.txt
    eval "$line" '>>"$out.log" 2>&1 &'
    run=$!
    while kill -0 "$run" 2>/dev/null; do wait "$run"; done
    wait "$run"
    code=$?
    run=
    echo "ended with $code" >>"$out.log"
    [ "$code" = 0 ] || break
    sum="$sum + $(value "$out")" || { code=$?; break; }
  done
  if [ "$code" = 0 ]; then
    mean=$(node -p "($sum) / ${seeds.length}")
    echo "trial $number: $mean"
    optuna tell $study --trial-number "$number" --values "$mean" || exit 1
  else
    echo "trial $number: seed $seed ended with $code, see $out.log"
    failed=$((failed + 1))
    optuna tell $study --trial-number "$number" --state fail || exit 1
  fi
  [ -z "$stopped" ] || exit "$stopped"
done
[ "$failed" = 0 ] || { echo "$failed of $trials trials failed"; exit 1; }
`;
}

/** In double quotes, with nothing in it for a shell to expand. */
const doubleQuoted = (text: string) => `"${text.replace(/[\\"$`]/g, "\\$&")}"`;

/** Of numbers with a fraction among them the range, by their ratio where that is large; of all else the values alone. */
function distributionOf(values: readonly string[]) {
  const numbers = values.map(Number);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (low < high && !numbers.every(Number.isInteger)) {
    const attributes = { low, high, step: null, log: low > 0 && high / low >= 10 };
    return { name: "FloatDistribution", attributes };
  }
  return { name: "CategoricalDistribution", attributes: { choices: values } };
}
