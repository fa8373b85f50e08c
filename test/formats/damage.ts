// Damage as disks, networks and wrong tools do it, by a seed: for readers of bytes that come from anywhere.
import { HostRandom } from "../../src/kernels/threefry";

/** `count` broken forms of a file: cut, changed in a few bytes, with a piece doubled or lost, and plain noise. */
export function* damaged(file: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const random = new HostRandom(seed);
  const noise = (length: number) => Uint8Array.from({ length }, () => random.integer(256));
  for (let i = 0; i < count; i++) {
    const at = random.integer(file.length + 1);
    const length = random.integer(Math.min(64, file.length - at) + 1);
    const [before, piece, after] = [
      file.subarray(0, at),
      file.subarray(at, at + length),
      file.subarray(at + length),
    ];
    switch (random.integer(6)) {
      case 0:
        yield before;
        break;
      case 1:
        yield Uint8Array.of(...before, ...after);
        break;
      case 2:
        yield Uint8Array.of(...before, ...piece, ...piece, ...after);
        break;
      case 3:
        yield noise(random.integer(100));
        break;
      // Headers are short, and matter most: half of all changes are made there.
      default: {
        const changed = file.slice();
        for (let n = 0; n <= random.integer(4); n++) {
          const place = random.integer(random.integer(2) === 0 ? Math.min(40, file.length) : file.length);
          changed[place] = random.integer(3) === 0 ? 255 : random.integer(256);
        }
        yield changed;
      }
    }
  }
}
