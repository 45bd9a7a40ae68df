/**
 * Go's `time.Duration` as a number of nanoseconds: reading, writing, rounding.
 *
 * @module
 */

const MAX_INT64 = (1n << 63n) - 1n;
const MIN_INT64 = -(1n << 63n);

/** Nanoseconds of one second. */
export const SECOND = 1_000_000_000n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

const TERM = /([0-9]*)(?:\.([0-9]*))?([^.0-9]+)/y;

/** Reads a duration such as `-1h30m0.5s`; `undefined` when it is none or too large. */
export function parseDuration(text: string): bigint | undefined {
  const body = text.replace(/^[-+]/, "");
  if (body === "0") return 0n;
  if (body === "") return undefined;
  let total = 0n;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < body.length) {
    const match = TERM.exec(body);
    if (match === null) return undefined;
    const [, whole = "", fraction = "", unitName = ""] = match;
    const unit = Object.hasOwn(UNITS, unitName) ? UNITS[unitName] : undefined;
    if (unit === undefined || whole + fraction === "") return undefined;
    const size = BigInt(whole === "" ? 0 : whole) * unit;
    if (size > MAX_INT64) return undefined;
    total += size + fractionOf(fraction, unit);
    if (total > MAX_INT64) return undefined;
  }
  return text.startsWith("-") ? -total : total;
}

/** Go multiplies the fraction as floats, and ignores digits that do not fit an int64. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > MAX_INT64 / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > MAX_INT64) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Writes a duration as Go does: `1h30m0.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? "-" : "";
  if (size === 0n) return "0s";
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}\u00b5s`;
  if (size < SECOND) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / (60n * SECOND);
  const seconds = decimal(size % (60n * SECOND), 9) + "s";
  if (minutes === 0n) return sign + seconds;
  return sign + (minutes >= 60n ? `${minutes / 60n}h` : "") + `${minutes % 60n}m${seconds}`;
}

/** Puts the point before the last `places` digits, and drops zeros at the end. */
function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = (value % unit).toString().padStart(places, "0").replace(/0+$/, "");
  return `${value / unit}${fraction === "" ? "" : "." + fraction}`;
}

/** Go's `Duration.Truncate`: cuts toward zero to a multiple of `unit`. */
export function truncateDuration(nanoseconds: bigint, unit: bigint): bigint {
  return unit <= 0n ? nanoseconds : nanoseconds - nanoseconds % unit;
}

/** Go's `Duration.Round`: to the nearest multiple of `unit`, halves away from zero. */
export function roundDuration(nanoseconds: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanoseconds;
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const rest = size % unit;
  const rounded = rest + rest < unit ? size - rest : size + unit - rest;
  return clampInt64(nanoseconds < 0n ? -rounded : rounded);
}

/** Returns the nearest number that fits an int64. */
export function clampInt64(value: bigint): bigint {
  return value > MAX_INT64 ? MAX_INT64 : value < MIN_INT64 ? MIN_INT64 : value;
}
