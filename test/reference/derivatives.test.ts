// Holds the central differences to functions whose first and second derivatives are known in closed form,
// at the accuracy that other tests lean on: 1e-9 for first derivatives, 1e-8 for second ones.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { awayFrom, dot, type F64, make, makeRandom, map, randomNormal } from "./array";
import {
  directional,
  entryDerivative,
  gradients,
  openPairing,
  pairing,
  secondDirectional,
  secondDirectionalWithCotangents,
} from "./derivatives";
import { conv2d, exp, matmul, mul, sin } from "./forward";

const near = (got: number, wanted: number, tolerance: number) =>
  assert.ok(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${got} for ${wanted}`);
const random = makeRandom(8);
const normal = (...shape: number[]) => randomNormal(random, shape);

// f(a, b) = eᵃ·sin b entry by entry, with every derivative at hand.
const f = ([a, b]: F64[]) => [mul(exp(a), sin(b))];
const [a, b, dy, w] = [normal(4), normal(4), normal(4), normal(4)];
const [u, v] = [
  [normal(4), normal(4)],
  [normal(4), normal(4)],
];
const cosOf = (x: F64) => map(x, Math.cos);
/** Σ over entries of dy · (second derivative of eᵃ sin b along p and q). */
const second = (dy: F64, p: F64[], q: F64[]) =>
  dy.data.reduce((total, d, i) => {
    const [pa, pb, qa, qb] = [p[0].data[i], p[1].data[i], q[0].data[i], q[1].data[i]];
    const [s, c] = [Math.sin(b.data[i]), Math.cos(b.data[i])];
    return total + d * Math.exp(a.data[i]) * (s * pa * qa + c * (pa * qb + pb * qa) - s * pb * qb);
  }, 0);
const first = (dy: F64, p: F64[]) =>
  dot(dy, mul(exp(a), mul(sin(b), p[0]))) + dot(dy, mul(exp(a), mul(cosOf(b), p[1])));

test("directional is the gradient along a direction to 1e-9", () => {
  near(directional(pairing(f, [dy]), [a, b], u), first(dy, u), 1e-10);
});

test("gradients and entryDerivative agree with the closed form entry by entry", () => {
  const L = pairing(f, [dy]);
  const [da] = gradients(L, [a, b]);
  const wanted = mul(dy, mul(exp(a), sin(b)));
  for (let i = 0; i < 4; i++) near(da.data[i], wanted.data[i], 1e-10);
  near(entryDerivative(L, [a, b], 1, 2), dy.data[2] * Math.exp(a.data[2]) * Math.cos(b.data[2]), 1e-10);
});

test("secondDirectional is the Hessian between two directions to 1e-8", () => {
  near(secondDirectional(pairing(f, [dy]), [a, b], u, v), second(dy, u, v), 1e-9);
});

test("cotangents move too: the derivative of a backward pass along x and dy together", () => {
  const got = secondDirectionalWithCotangents(f, [a, b], [dy], u, v, [w]);
  near(got, second(dy, u, v) + first(w, u), 1e-9);
  const still = [make([4]), make([4])];
  near(secondDirectionalWithCotangents(f, [a, b], [dy], u, still, [w]), first(w, u), 1e-9);
  assert.is(openPairing(f, 2)([a, b, dy]), pairing(f, [dy])([a, b]));
});

test("bilinear ops are differentiated to rounding", () => {
  const [x, kernel] = [normal(1, 5, 5, 2), normal(3, 3, 2, 3)];
  const geometry = { stride: [2, 2], padding: [1, 1, 1, 1] } as const;
  const conv = ([x, kernel]: F64[]) => [conv2d(x, kernel, geometry)];
  const dy = normal(1, 3, 3, 3);
  const [dx, dk] = [normal(1, 5, 5, 2), normal(3, 3, 2, 3)];
  near(
    directional(pairing(conv, [dy]), [x, kernel], [dx, dk]),
    dot(conv2d(dx, kernel, geometry), dy) + dot(conv2d(x, dk, geometry), dy),
    1e-11,
  );
  const product = ([p, q]: F64[]) => [matmul(p, q)];
  const [p, q] = [normal(2, 3), normal(3, 2)];
  const zero = [make([2, 3]), make([3, 2])];
  const cross = secondDirectional(pairing(product, [normal(2, 2)]), [p, q], [p, zero[1]], [p, zero[1]]);
  near(cross, 0, 1e-9);
});

test("awayFrom leaves no value within the gap of a kink", () => {
  const x = awayFrom(make([4], [-0.001, 0, 0.5, 0.999]), [0, 1], 0.01);
  assert.equal([...x.data], [-0.01, 0.01, 0.5, 0.99]);
});

test.run();
