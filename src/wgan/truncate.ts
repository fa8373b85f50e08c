// Truncated latent vectors: numbers far from 0 are drawn anew. The generator has seen those seldom, so its images get
// better, and less different (Brock, Donahue, Simonyan 2019, Large Scale GAN Training, section 3.1).
import type { HostRandom } from "../kernels/threefry";
import type { LatentSize } from "./interpolate";

/**
 * Of vectors (N, latent + labels) whose numbers are normal of the `deviation`, each that is more than `limit` deviations
 * from 0 is drawn again until it is not. What is left of a vector, and the labels, stay.
 */
export function truncateLatents(
  latents: Float32Array,
  { latent, labels }: LatentSize,
  { deviation, limit }: { deviation: number; limit: number },
  random: HostRandom,
): Float32Array {
  return latents.map((value, i) => {
    if (i % (latent + labels) >= latent || Math.abs(value) <= limit * deviation) return value;
    for (;;) {
      const drawn = random.normal();
      if (Math.abs(drawn) <= limit) return drawn * deviation;
    }
  });
}
