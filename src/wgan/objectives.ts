// The losses, in the words of the papers. All are means over the batch; the critic f is a module.
import {
  add,
  detach,
  grad,
  mean,
  mul,
  type Random,
  requireGrad,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../autograd";
import type { Module } from "../nn";

/** E f(x): what a critic thinks of a batch. */
export const score = (critic: Module, x: Tensor): Tensor => mean(critic.forward(x));

/**
 * E (‖∇f(x̂)‖₂ − 1)² at points x̂ between real and fake (Gulrajani et al. 2017, algorithm 1): one ε ~ U[0, 1) a
 * sample mixes the two. The gradient is recorded, since the penalty is differentiated by the critic's weights.
 */
export function gradientPenalty(critic: Module, real: Tensor, fake: Tensor, random: Random): Tensor {
  const epsilon = random.uniform([real.shape[0], ...real.shape.slice(1).map(() => 1)]);
  const between = requireGrad(detach(add(mul(real, epsilon), mul(fake, sub(1, epsilon)))));
  const [slope] = grad(sum(critic.forward(between)), [between], { createGraph: true });
  const axes = slope.shape.map((_, axis) => axis).slice(1);
  // The root has an infinite derivative at 0: the small number keeps a dead critic's gradient finite.
  const norm = sqrt(add(sum(square(slope), { axes }), 1e-12));
  return mean(square(sub(norm, 1)));
}
