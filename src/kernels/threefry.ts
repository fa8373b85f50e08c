// Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") on the host.
// Add, rotate and xor only, so the same key and counter give the same bits here and in WGSL.

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
/** The key schedule's parity word, from Skein by way of Random123's threefry.h. */
const parity = 0x1bd11bda;

/** Two random u32 words for a 64-bit key and a 64-bit counter, each given as two u32 (low word first). */
export function threefry2x32(key0: number, key1: number, ctr0: number, ctr1: number): [number, number] {
  const keys = [key0, key1, parity ^ key0 ^ key1];
  let x = (ctr0 + key0) | 0;
  let y = (ctr1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const r = rotations[round % 8];
    x = (x + y) | 0;
    y = ((y << r) | (y >>> (32 - r))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + keys[injection % 3]) | 0;
      y = (y + keys[(injection + 1) % 3] + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/** A stream of random numbers on the host, fixed by its seed (an integer in [0, 2^53)). */
export class HostRandom {
  readonly #key: [number, number];
  #block = 0;
  #spare: number | undefined;

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`HostRandom: the seed is an integer in [0, 2^53), got ${seed}`);
    }
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  }

  /** The next 32 random bits as a u32. */
  bits(): number {
    if (this.#spare !== undefined) {
      const word = this.#spare;
      this.#spare = undefined;
      return word;
    }
    const [low, high] = [this.#block >>> 0, Math.floor(this.#block / 2 ** 32)];
    this.#block += 1;
    const [first, second] = threefry2x32(this.#key[0], this.#key[1], low, high);
    this.#spare = second;
    return first;
  }

  /** Uniform in [0, 1), a multiple of 2^-24, so that it is exact in f32 too. */
  uniform(): number {
    return (this.bits() >>> 8) * 2 ** -24;
  }

  /** Standard normal, by Box and Muller; the radius draws from (0, 1], so it is never infinite. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(((this.bits() >>> 8) + 1) * 2 ** -24));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An integer in [0, n), n from 1 to 2^32; its bias is at most n / 2^32. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
      throw new RangeError(`HostRandom: the bound is an integer from 1 to 2^32, got ${n}`);
    // The word times n over 2^32, by the word's halves: a product of 64 bits would be rounded.
    const bits = this.bits();
    const low = (bits % 2 ** 16) * n;
    return Math.floor((Math.floor(bits / 2 ** 16) * n + Math.floor(low / 2 ** 16)) / 2 ** 16);
  }
}
