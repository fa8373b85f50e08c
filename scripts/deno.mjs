// Runs the GPU part of the tests in Deno, whose WebGPU is wgpu: other code than Dawn from the shader compiler to the
// queue. Deno is its npm package, put into a cache folder. usage: node scripts/deno.mjs [REGEX of file paths]
import { spawnSync } from "node:child_process";
import { elsewhere } from "./elsewhere.mjs";
import { npmProgram } from "./npmProgram.mjs";

const deno = npmProgram("deno", 2);
const version = spawnSync(deno, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0].split(" (")[0];

await elsewhere({
  name: "deno",
  title: version.replace("deno", "Deno"),
  minutes: 60,
  command: (url, scratch) => [
    deno,
    [
      "run",
      "--no-config",
      "--no-lock",
      "--no-prompt",
      "--v8-flags=--expose-gc",
      "--allow-net=127.0.0.1",
      "--location",
      url,
      `${url}stdin.js`,
    ],
    { DENO_DIR: scratch, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  ],
});
