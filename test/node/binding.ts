// Folders whose package webgpu is broken in one way, for the tests of what is said of it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./temporary";

const system = process.platform === "darwin" ? "darwin-universal" : `${process.platform}-${process.arch}`;
const path = `node_modules/webgpu/dist/${system}/dawn.node`;

/** A fresh folder with the package, whose binary is what `change` makes of it; without the binary where that is null. */
export function bindingWith(change: (binary: Buffer) => Uint8Array | null): string {
  const folder = temporaryFolder();
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  for (const name of ["index.js", "package.json"]) {
    copyFileSync(`node_modules/webgpu/${name}`, join(folder, "node_modules/webgpu", name));
  }
  const binary = change(readFileSync(path));
  if (binary) writeFileSync(join(folder, path), binary);
  return folder;
}

/** The binary cut off after so many bytes. */
export const cutAt = (bytes: number) => bindingWith((binary) => binary.subarray(0, bytes));

/** The binary for a system whose C library is newer than any. */
export const tooNew = () =>
  bindingWith((binary) => {
    const text = binary.toString("latin1");
    return Buffer.from(text.replaceAll(/GLIBC_2\.(\d\d)\0/g, "GLIBC_9.$1\0"), "latin1");
  });
