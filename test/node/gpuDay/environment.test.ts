// What a GPU day hands its programs, which run in another folder than the day.
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environment } from "../../../src/node/gpuDay/environment";
import { temporaryFolder } from "../temporary";

test("relative paths to the data and to drivers hold in the programs' folder, and a toy's name stays", () => {
  const folder = temporaryFolder();
  const [data, driver] = [join(folder, "data"), join(folder, "icd.json")];
  mkdirSync(data);
  writeFileSync(driver, "{}");
  const here = (path: string) => relative(".", path);
  const env = {
    MONGE_DATA: here(data),
    VK_DRIVER_FILES: [here(driver), "gone.json", driver].join(delimiter),
    VK_ICD_FILENAMES: here(driver),
  };
  const made = environment(env, folder, join(folder, "out"));
  assert.is(made.MONGE_DATA, data);
  assert.is(made.VK_DRIVER_FILES, [driver, "gone.json", driver].join(delimiter));
  assert.is(made.VK_ICD_FILENAMES, driver);
  assert.is(environment({ MONGE_DATA: "rings" }, folder, folder).MONGE_DATA, "rings");
});

test("MNIST comes from beside the programs where it is not named, and the cache is the day's own", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "mnist"));
  const made = environment({ XDG_CACHE_HOME: folder }, folder, join(folder, "out"));
  assert.is(made.MONGE_DATA, join(folder, "mnist"));
  assert.is(made.XDG_CACHE_HOME, join(folder, "out", "cache"));
});

test.run();
