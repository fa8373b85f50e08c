// Asks in a child process which WebGPU adapters there are: with no usable driver Dawn writes a native stack trace to
// stderr, or crashes, and a damaged binding may crash as it is loaded. None of it should reach the user's screen.
import { spawnSync } from "node:child_process";

/**
 * What scripts/probe.mjs says, run as `program`, the arguments of Node: the `adapters`, the one that Dawn gives by
 * default first, or in `broken` why its binding can't be loaded, without a full stop.
 * A crash once it is loaded, or no answer in 20 s, counts as no adapter.
 */
export function askForAdapters(program, options) {
  const { stdout, signal, error } = spawnSync(process.execPath, program, {
    ...options,
    encoding: "utf8",
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 20_000,
  });
  const lines = (stdout ?? "").split("\n");
  const line = (start) => lines.find((line) => line.startsWith(start));
  if (line("loaded")) return { adapters: JSON.parse(line("[") ?? "[]") };
  const said = line("{") ?? JSON.stringify({ message: signal ?? error?.message ?? "the process ended" });
  return { adapters: [], broken: whyBroken(JSON.parse(said)) };
}

/** Why Dawn's binding for Node can't be loaded, in words, without a full stop. */
export function whyBroken({ code, message }) {
  if (code === "ERR_MODULE_NOT_FOUND") return "the npm package webgpu isn't installed";
  const here = `${process.platform}-${process.arch}`;
  if (code === "MODULE_NOT_FOUND") return `the npm package webgpu holds no binding for ${here}`;
  const library = message.match(/`(GLIBC\w*_[\d.]+)' not found/)?.[1];
  if (library) return `the binding of the npm package webgpu needs ${library}, and this system is older`;
  return `the binding of the npm package webgpu can't be loaded (${message.split("\n")[0]}); it may be damaged`;
}
