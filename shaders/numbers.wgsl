// Finds NaN and infinity by their bits. WGSL lets a driver assume that there are none: comparisons may then say anything,
// and in some drivers max, clamp or `v != v` lose a NaN.
const INFINITY_BITS = 0x7f800000i;

fn is_nan(v: vec4f) -> vec4<bool> { return size_bits(v) > vec4i(INFINITY_BITS); }
fn is_finite(v: vec4f) -> vec4<bool> { return size_bits(v) < vec4i(INFINITY_BITS); }

// Those of |v|: they are in the order of the sizes, with NaN past infinity.
fn size_bits(v: vec4f) -> vec4i { return bitcast<vec4i>(v) & vec4i(0x7fffffff); }

// From -infinity to below 0, and from above 0 to infinity; subnormal numbers, too. Each a sum that wraps and a comparison.
fn is_negative(v: vec4f) -> vec4<bool> { return bitcast<vec4i>(v) - 1 < vec4i(-0x800000); }
fn is_positive(v: vec4f) -> vec4<bool> { return bitcast<vec4i>(v) + 0x7fffffff < vec4i(-0x800000); }

// NaN. Made of a number at hand: as a constant it would not compile.
fn nan_of(v: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4i>(v) | vec4i(0x7fc00000)); }

// y, but v where that is NaN.
fn keep_nan(v: vec4f, y: vec4f) -> vec4f { return select(y, v, is_nan(v)); }

// a where a >= b, else b; NaN where one of them is.
fn larger(a: vec4f, b: vec4f) -> vec4f { return keep_nan(a, keep_nan(b, select(b, a, a >= b))); }

// a where a <= b, else b; NaN where one of them is.
fn smaller(a: vec4f, b: vec4f) -> vec4f { return keep_nan(a, keep_nan(b, select(b, a, a <= b))); }

// v held to [low, high]; `high` where low is above it. NaN, of a number or of a bound, goes through.
fn held(v: vec4f, low: f32, high: f32) -> vec4f { return smaller(larger(v, vec4f(low)), vec4f(high)); }
