// Writes what a profiler saw in the JSON trace format of Chrome, which Perfetto (ui.perfetto.dev) opens:
// one track for the GPU's kernels, one for the host.
import type { HostSpan, Timed } from "../kernels/measuring/profiler";
import { kernelName } from "../kernels/measuring/summary";

const [PROCESS, KERNELS, HOST] = [1, 1, 2];

/** Times in microseconds, as the format wants them, from the first event on. */
export function traceJson(dispatches: readonly Timed[], host: readonly HostSpan[], adapter: string): string {
  const origin = Math.min(...[...dispatches, ...host].map(({ start }) => start));
  const name = (what: string, tid: number, value: string) => ({
    ...{ ph: "M", pid: PROCESS, tid, name: what },
    args: { name: value },
  });
  const slice = (tid: number, { name, start, duration }: HostSpan, args: object) => ({
    ...{ ph: "X", pid: PROCESS, tid, cat: tid === KERNELS ? "kernel" : "host", name },
    ...{ ts: 1000 * (start - origin), dur: 1000 * duration, args },
  });
  const traceEvents = [
    name("process_name", KERNELS, `monge on ${adapter}`),
    name("thread_name", KERNELS, "GPU kernels"),
    name("thread_name", HOST, "host"),
    ...dispatches.map((each) => {
      const { label, grid, work, bytes, duration } = each;
      const rates = { gflops: work && work / duration / 1e6, gbs: bytes / duration / 1e6 };
      return slice(KERNELS, { ...each, name: kernelName(label) }, { label, grid, work, bytes, ...rates });
    }),
    ...host.map((span) => slice(HOST, span, {})),
  ];
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents });
}
