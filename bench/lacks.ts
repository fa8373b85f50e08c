// Which rows a peer has no figure in, by what it is or by what its side of the bench can do: that is no failure. The sides
// are not asked for these rows.
import type { SideName } from "./sides/side";

/** Why a side has no such row; nothing where it has one. */
export function lacks(side: SideName, row: string): string | undefined {
  if (side === "monge") return undefined;
  if (side.startsWith("torch")) {
    if (row.startsWith("host ")) return "does not use WebGPU, whose host is timed here";
    if (row === "peak-memory iteration" || row === "cold-start")
      return "has no buffers of WebGPU to count, and no such start";
    if (row === "rmsprop-clip critic" && side === "torch-compile")
      return "compiles the networks; its optimiser is the plain one of torch";
    return undefined;
  }
  if (row === "host replay dispatch" && side === "tfjs") return "has no replay";
  const preset = row.match(/^iteration (wgan|wgan-gp)$/)?.[1];
  if (preset) return `its side of the bench has the tutorial's networks alone, not ${preset}'s`;
  return undefined;
}
