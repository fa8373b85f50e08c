// Opens a side by its name. The peers are imported only then: they look for navigator.gpu while they load.
import type { Side, SideName } from "./side";

export async function openSide(name: SideName, python?: string): Promise<Side> {
  if (name === "monge") return (await import("./monge")).open();
  if (name === "tfjs") return (await import("./tfjs")).open();
  if (name === "jax") return (await import("./jax")).open();
  return (await import("./torch")).open(name, python);
}
