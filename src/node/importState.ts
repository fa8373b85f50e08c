// From a file of another program to the state of one of our networks, with every check that the file allows.
import { InputError } from "../errors";
import { ForeignError, stateFrom } from "../exports/importing";
import { layersOfModel } from "../exports/kerasModel";
import { describeNetwork } from "../exports/network";
import type { StateDict } from "../nn";
import type { RunConfig } from "../wgan/config";
import { allFinite } from "./checkpoint";
import { readForeign } from "./foreignFiles";

/** The state of our network out of the file. Throws InputError where that is another network's, damaged, or not there. */
export async function importState(
  file: string,
  config: RunConfig,
  name: "generator" | "critic",
): Promise<StateDict> {
  const network = describeNetwork(config, name);
  const { preset, data } = config;
  try {
    return await readForeign(file, ({ framework, layers, model }) => {
      const theirs = model === undefined ? layers : layersOfModel(network, model, layers);
      const state = stateFrom(network, theirs, framework);
      const bad = Object.entries(state).find(([, array]) => !allFinite(array.data));
      if (bad) throw new ForeignError(`${bad[0]} holds NaN or infinity.`);
      return state;
    });
  } catch (error) {
    if (!(error instanceof ForeignError)) throw error;
    const what = `the ${name} of preset ${preset} for ${data.shape.join("x")}`;
    throw new InputError(`${file}: not ${what}: ${error.message}`);
  }
}
