// The command `npm run import`: makes a folder like that of a run out of a network that another program has trained.
import { join } from "node:path";
import { version } from "../../package.json";
import { InputError } from "../errors";
import { encodeSafetensors } from "../formats/safetensors";
import type { RunConfig } from "../wgan/config";
import { refusal } from "../wgan/models";
import { runCommand } from "./command";
import { configText, readChanges } from "./configFile";
import { importHelp, parseImportOptions } from "./exportOptions";
import { makeFolders, writeTogether } from "./files";
import { importState } from "./importState";
import { requireEmpty } from "./runFolder";
import { type Change, unknown } from "./settingNames";
import { chooseSettings } from "./settings";

await runCommand(async () => {
  const options = parseImportOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(importHelp);
  const [out, generator] = [options.out!, options.generator!];
  requireEmpty(out);
  const config = configOf(options);
  const states = { generator: await importState(generator, config, "generator") };
  if (options.critic !== undefined)
    Object.assign(states, { critic: await importState(options.critic, config, "critic") });
  makeFolders(out);
  const networks = Object.entries(states).map(
    ([name, state]) => [join(out, `${name}.safetensors`), encodeSafetensors(state)] as const,
  );
  writeTogether([...networks, [join(out, "config.yaml"), configText(config)]]);
  console.log(`${Object.keys(states).join(" and ")}: ${out}`);
});

/** The configuration of a run that would have made the networks; what is not known of it is "?". */
function configOf({
  preset,
  config: file,
  shape,
  generator,
}: ReturnType<typeof parseImportOptions>): RunConfig {
  const seed: Change = {
    path: ["seed"],
    value: 1,
    blame: (key, message) => new InputError(`${key}: ${message}.`),
  };
  const changes = file === undefined ? [] : readChanges(file);
  const { settings, mistake } = chooseSettings(preset!, [seed, ...changes]);
  if (settings.conditional)
    throw mistake("conditional", "expected false: networks that are told the class can't be imported");
  const image = preset === "toy" ? [2] : [28, 28, 1];
  const sizes = shape ?? image;
  // Without a path the preset's data are MNIST: its pictures are ink on paper.
  const digits = settings.data.path === null && sizes.join("x") === "28x28x1";
  const source = `imported${digits ? " digits" : ""}: ${generator}`;
  const found = { ...unknown.data, source, shape: sizes };
  const config: RunConfig = {
    ...{ monge: version, preset: preset!, ...settings },
    ...{ data: { ...settings.data, ...found }, adapter: unknown.adapter },
  };
  for (const which of ["generator", "critic"] as const) {
    const why = refusal(config, which);
    if (why) throw mistake(`network.${which}`, `${config.network[which]} ${why}`);
  }
  return config;
}
