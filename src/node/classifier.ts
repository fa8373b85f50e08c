// The command `npm run classifier`: trains the classifier by which evaluate judges a data set's images, and keeps it.

import { InputError } from "../errors";
import { loadClassifier, requireClassifiable } from "./classifierStore";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { openDevice } from "./device";
import { requireAdapter } from "./probe";
import { loadSplits } from "./splits";
import { classifierHelp, parseClassifierOptions } from "./toolOptions";

await runCommand(async () => {
  const options = parseClassifierOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(classifierHelp);
  const data = options.run === undefined ? undefined : readConfig(options.run).data;
  if (data?.shape.length === 1)
    throw new InputError(`--run ${options.run}: trained on points; there is nothing to classify.`);
  requireAdapter(options.adapter);
  const splits = await loadSplits(data ?? { path: options.data ?? null, size: null, transposed: false });
  requireClassifiable(splits, process.env);
  const gpu = await openDevice({ adapter: options.adapter });
  const { unkept } = await loadClassifier(splits, gpu, process.env);
  return unkept ? 1 : 0; // to keep it is what this command is for
});
