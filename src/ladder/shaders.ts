// The shaders of the kernel ladder, added to the table where a ladder is asked for; docs/ladder.md goes through them.
import { addShaders } from "../kernels/shaders";
import * as files from "./wgsl";

export type LadderShader = keyof typeof files;

/** The name of one in the table. */
export const inTable = (shader: LadderShader): string => `ladder/${shader}`;

const named = Object.entries(files).map(([name, text]) => [inTable(name as LadderShader), text]);
addShaders(Object.fromEntries(named));
