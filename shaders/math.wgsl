// uses: numbers
// Elementary functions, right to an ulp or two over all of f32 (docs/accuracy.md). A driver's own may lose all digits, such
// as log near 1 and tanh near 0, or overflow at a bound of its own. Coefficients: minimax, by Remez's exchange.

// 2^n for a whole n from -126 to 127: the sum has n + 127 in its last digits, which are shifted to where exponents are.
fn power_of_2(n: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4u>(n + 12583039.0) << vec4u(23)); }

// v, which is below 4096. Drivers may reorder sums, which would undo parts of different size; past this they do not look.
fn opaque(v: vec4f) -> vec4f { return min(v, vec4f(4096.0)); }

// e^r - 1 for |r| up to ½ log 2.
fn exp_less_1(r: vec4f) -> vec4f {
  let q = fma(r, fma(r, fma(r, fma(r, vec4f(0.0013815468), vec4f(0.008368549)), vec4f(0.041668355)), vec4f(0.16666523)),
              vec4f(0.49999994));
  return fma(r * r, q, r);
}

// e^r · 2^n for |r| up to ½ log 2 and a whole n from -152 to 129. In two halves, since 2^n itself may be no f32.
fn scaled_exp(r: vec4f, n: vec4f) -> vec4f {
  let half = floor(0.5 * n);
  return (1.0 + opaque(exp_less_1(r))) * power_of_2(half) * power_of_2(n - half);
}

// The halves of log 2: the first has 16 digits, so its product with a small whole number is exact.
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.4286068202862268e-06;

const TWO_OVER_LN2 = 2.8853900817779268;
const TWO_OVER_LN2_HIGH = 2.884765625;
const TWO_OVER_LN2_LOW = 0.000624456777926774;

// e^(x + low), low being what x has no digits for.
fn exp_of_sum(x: vec4f, low: vec4f) -> vec4f {
  let v = clamp(x, vec4f(-105.0), vec4f(89.0));  // what lies beyond is 0 and infinity
  let n = round(v * 1.4426950408889634);
  return keep_nan(x, scaled_exp(opaque(fma(n, vec4f(-LN2_HIGH), v)) + fma(n, vec4f(-LN2_LOW), low), n));
}

fn exp_of(x: vec4f) -> vec4f { return exp_of_sum(x, vec4f(0.0)); }

// A positive finite x as (1 + f) · 2^e, with f from √½ - 1 to √2 - 1.
struct Split { f: vec4f, e: vec4f }

fn split(x: vec4f) -> Split {
  // A driver may take a subnormal number for 0, but not its bits: they are a whole number of 2^-149.
  let bits = bitcast<vec4i>(x);
  let subnormal = bits < vec4i(0x00800000);
  let i = select(bits, bitcast<vec4i>(vec4f(bits)), subnormal) - 0x3f3504f3;
  let f = bitcast<vec4f>((i & vec4i(0x007fffff)) + 0x3f3504f3) - 1.0;
  return Split(f, vec4f(i >> vec4u(23)) - select(vec4f(0.0), vec4f(149.0), subnormal));
}

// 2 artanh s is 2 s + s³ · this, for z = s².
fn artanh_tail(z: vec4f) -> vec4f {
  return fma(z, fma(z, fma(z, vec4f(0.23564552), vec4f(0.28538374)), vec4f(0.40000315)), vec4f(0.66666666));
}

// log of a split number: log(1 + f) is 2 artanh s with s = f / (2 + f), and 2 s is f - s f.
fn log_split(x: Split) -> vec4f {
  let s = x.f / (2.0 + x.f);
  let z = s * s;
  let small = fma(s, x.f - z * artanh_tail(z), x.e * -LN2_LOW);
  return fma(x.e, vec4f(LN2_HIGH), x.f - small);
}

fn log_of(x: vec4f) -> vec4f {
  let minus_infinity = bitcast<vec4f>((bitcast<vec4u>(x) & vec4u(0x7fffffff)) | vec4u(0xff800000));
  let beyond = select(select(minus_infinity, nan_of(x), is_negative(x)), x, is_positive(x));  // infinity is itself
  return keep_nan(x, select(beyond, log_split(split(x)), is_positive(x) & is_finite(x)));
}

// log(1 + z) for 0 <= z. What 1 + z loses of a small z is at hand.
fn log1p_of(z: vec4f) -> vec4f {
  let whole = split(1.0 + z);
  return keep_nan(z, log_split(Split(select(whole.f, z, whole.e == vec4f(0.0)), whole.e)));
}

// With e^2|x| - 1 = 2^n (e^r - 1) + (2^n - 1), where nothing cancels, near 0 neither.
fn tanh_of(x: vec4f) -> vec4f {
  let v = min(2.0 * abs(x), vec4f(20.0));  // tanh x is 1 long before
  let n = round(v * 1.4426950408889634);
  let r = fma(n, vec4f(-LN2_LOW), opaque(fma(n, vec4f(-LN2_HIGH), v)));
  let s = power_of_2(n);
  let e = fma(s, exp_less_1(r), max(s - 1.0, vec4f(0.0)));
  let sign = bitcast<vec4u>(x) & vec4u(0x80000000);
  return keep_nan(x, bitcast<vec4f>(bitcast<vec4u>(e / (e + 2.0)) | sign));
}

// x^p of a positive finite x, as 2^(p · log2 x), the logarithm to 29 digits: an error there grows by up to 150.
// Factors are cut to 12 digits, so that a product of two is exact whatever a driver makes of fma.
fn pow_of(x: vec4f, p: f32) -> vec4f {
  let v = split(x);
  // s is s1 + s2, and log2 x is e + 2 s / log 2 + tail: l1 and the rest, l2.
  let s = v.f / (2.0 + v.f);
  let s1 = cut(s);
  let f1 = cut(v.f);
  let s2 = (opaque((v.f - 2.0 * s1) - s1 * f1) - s1 * (v.f - f1)) / (2.0 + v.f);
  let z = s * s;
  let cube = z * fma(z, fma(z, fma(z, vec4f(0.33996463), vec4f(0.41172171)), vec4f(0.57708256)), vec4f(0.96179668));
  let tail = s * cube;
  let l1 = cut(fma(s, vec4f(TWO_OVER_LN2), v.e));
  let small = s1 * TWO_OVER_LN2_LOW + (s2 * TWO_OVER_LN2 + 3.0 * (opaque(s1 - s) + s2) * cube);
  let l2 = opaque((v.e - l1) + s1 * TWO_OVER_LN2_HIGH) + (small + tail);
  let n = round(clamp(p * (l1 + l2), vec4f(-151.0), vec4f(129.0)));  // what lies beyond is 0 and infinity
  let p1 = cut(vec4f(p));
  let rest = opaque(p1 * l1 - n) + ((p - p1) * l1 + p * l2);
  return scaled_exp(clamp(rest, vec4f(-1.0), vec4f(1.0)) * 0.6931471805599453, n);
}

// The first 12 binary digits.
fn cut(v: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4u>(v) & vec4u(0xfffff000)); }

fn sigmoid_of(x: vec4f) -> vec4f {
  let z = exp_of(-abs(x));  // never overflows, and the smaller of the two tails keeps its digits
  return select(vec4f(1.0), z, is_negative(x)) / (1.0 + z);
}

// x · sigmoid(x), with e^-|x| as a square: alone it may have no digits left where x e^x has all. Far below 0 it is 0, of
// which an infinite x would make NaN.
fn silu_of(x: vec4f) -> vec4f {
  let z = exp_of(-0.5 * abs(x));
  return keep_nan(x, select(x, opaque(max(x, vec4f(-210.0)) * z) * z, is_negative(x)) / (1.0 + z * z));
}

// ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³), which is x · sigmoid(2 u): Hendrycks and Gimpel's approximation.
// 2 u is made in two parts, as in pow_of, since an error of it is one of all the result where that is small.
fn gelu_of(x: vec4f) -> vec4f {
  let v = min(abs(x), vec4f(12.0));  // far below it is 0, of which an infinite x would make NaN
  let v1 = cut(v);
  let v2 = v - v1;
  let square = v * v;
  let q1 = cut(square);
  let q2 = opaque(v1 * v1 - q1) + v2 * (v + v1);
  let h1 = cut(fma(square, vec4f(GELU_CUBE), vec4f(GELU_LINE)));
  let rest = fma(square, vec4f(GELU_CUBE - GELU_CUBE_HIGH), vec4f(GELU_LINE - GELU_LINE_HIGH));
  let h2 = opaque((GELU_LINE_HIGH - h1) + GELU_CUBE_HIGH * q1) + (GELU_CUBE_HIGH * q2 + rest);
  let z = exp_of_sum(-v1 * h1, -(v1 * h2 + v2 * (h1 + h2)));
  let negative = is_negative(x);
  return keep_nan(x, select(x, -v * z, negative) / (1.0 + z));
}

const GELU_LINE = 1.5957691216057308;
const GELU_LINE_HIGH = 1.595703125;
const GELU_CUBE = 0.07135481627260025;
const GELU_CUBE_HIGH = 0.07135009765625;

// sin(x + quarters · π/2). π/2 is taken off in four parts, of which n times each of the first three is exact up to
// |x| = 2^13. From there on x is off by half a unit in its last place, and from 2^22 on, where that says nothing, it is NaN.
fn sin_of(x: vec4f, quarters: i32) -> vec4f {
  let n = round(x * 0.6366197723675814);
  let part = opaque(opaque(x - n * 1.5703125) - n * 0.0004837512969970703);
  let r = opaque(part - n * 7.549533620476723e-08) - n * 2.563344151594519e-12;
  let z = r * r;
  let sine = fma(r * z, fma(z, fma(z, vec4f(-0.00019515296), vec4f(0.008332161)), vec4f(-0.16666655)), r);
  let tail = fma(z, fma(z, vec4f(2.4433157e-05), vec4f(-0.0013887316)), vec4f(0.041666646));
  let q = vec4i(n) + quarters;
  let y = select(sine, fma(z * z, tail, fma(z, vec4f(-0.5), vec4f(1.0))), (q & vec4i(1)) == vec4i(1));
  return select(nan_of(x), select(y, -y, (q & vec4i(2)) == vec4i(2)), size_bits(x) < vec4i(0x4a800000));
}

// Roots take a subnormal x as 2^150 x, of its bits as above.
const POWER_MINUS_75 = 2.6469779601696886e-23;

fn doubled_bits(x: vec4f) -> vec4f { return vec4f(bitcast<vec4i>(x) * 2); }
fn is_subnormal(x: vec4f) -> vec4<bool> { return bitcast<vec4u>(x) - vec4u(1) < vec4u(0x007fffff); }

fn sqrt_of(x: vec4f) -> vec4f {
  let subnormal = is_subnormal(x);
  let root = sqrt(select(x, doubled_bits(x), subnormal)) * select(vec4f(1.0), vec4f(POWER_MINUS_75), subnormal);
  return keep_nan(x, select(root, nan_of(x), is_negative(x)));
}

fn rsqrt_of(x: vec4f) -> vec4f {
  let subnormal = is_subnormal(x);
  let root = inverseSqrt(select(x, doubled_bits(x), subnormal)) * select(vec4f(1.0), vec4f(1.0 / POWER_MINUS_75), subnormal);
  return keep_nan(x, select(root, nan_of(x), is_negative(x)));
}
