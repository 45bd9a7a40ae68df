/**
 * Arithmetic of Go's `math` and of its number conversions, where charts can
 * see that it differs from JavaScript's.
 *
 * @module
 */

const MIN_INT64 = -(1n << 63n);

/** Returns `fraction` times two to the power of `exponent`; exact unless the result is subnormal. */
function ldexp(fraction: number, exponent: number): number {
  let value = fraction;
  let rest = exponent;
  while (rest > 1000) {
    value *= 2 ** 1000;
    rest -= 1000;
  }
  while (rest < -1000) {
    value *= 2 ** -1000;
    rest += 1000;
  }
  return value * 2 ** rest;
}

/** Splits a positive finite number into a fraction in [0.5, 1) and a power of two. */
function frexp(value: number): [fraction: number, exponent: number] {
  let fraction = value;
  let exponent = 0;
  while (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  while (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  return [fraction, exponent];
}

/**
 * Go's `math.Pow(10, power)` for a whole `power`.
 *
 * Go multiplies by squaring and rounds at each step, so that the last digits
 * differ from the nearest number that JavaScript's `**` may give.
 */
export function powerOfTen(power: number): number {
  if (power === 0) return 1;
  // Go decides these before it multiplies.
  if (Math.abs(power) >= 2 ** 63) return power < 0 ? 0 : Infinity;
  let product = 1;
  let productExponent = 0;
  let [factor, factorExponent] = frexp(10);
  let rest = Math.abs(power);
  while (rest !== 0) {
    if (factorExponent < -4096 || factorExponent > 4096) {
      productExponent += factorExponent;
      break;
    }
    if (rest % 2 === 1) {
      product *= factor;
      productExponent += factorExponent;
    }
    factor *= factor;
    factorExponent *= 2;
    if (factor < 0.5) {
      factor += factor;
      factorExponent--;
    }
    rest = Math.floor(rest / 2);
  }
  if (power < 0) return scaleProduct(1 / product, -productExponent);
  return scaleProduct(product, productExponent);
}

function scaleProduct(fraction: number, exponent: number): number {
  if (exponent > 1100) return Infinity;
  if (exponent < -1200) return 0;
  return ldexp(fraction, exponent);
}

/** Go's conversion of a float64 to int64 on amd64: cuts the fraction; what does not fit becomes the least number. */
export function floatToInt64(value: number): bigint {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : MIN_INT64;
}
