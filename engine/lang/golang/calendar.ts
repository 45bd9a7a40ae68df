/**
 * Dates as Go's `time` counts them: seconds since 1970 to year, month, day and
 * back, over the whole range of int64.
 *
 * @module
 */

// Go counts from a year far enough back that every time is positive; day 0 is a Monday.
const FIRST_YEAR = -292277022399;
const UNIX_TO_ABSOLUTE = 62135596800n + 9223371966579724800n;
const DAY_SECONDS = 86400n;

/** Days of the year before each month. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;

/** A moment taken apart. */
export interface CivilTime {
  /** Year; may be negative. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 1 to 366. */
  readonly yearDay: number;
  /** 0 for Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
}

/** Says whether the year has 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Returns the days of the year before the month; 13 gives the whole year. */
export function daysBefore(month: number, year: number): number {
  return (DAYS_BEFORE[month - 1] ?? 0) + (month > 2 && isLeapYear(year) ? 1 : 0);
}

/** Returns the number of days in a month. */
export function daysIn(month: number, year: number): number {
  return daysBefore(month + 1, year) - daysBefore(month, year);
}

/** Takes apart a moment given in seconds since 1970, at `offset` seconds east of Greenwich. */
export function toCivil(unix: bigint, offset: number): CivilTime {
  const absolute = BigInt.asUintN(64, unix + BigInt(offset) + UNIX_TO_ABSOLUTE);
  const days = Number(absolute / DAY_SECONDS);
  const clock = Number(absolute % DAY_SECONDS);
  const { year, dayOfYear } = toYear(days);
  let month = 12;
  while (daysBefore(month, year) > dayOfYear) month--;
  return {
    year,
    month,
    day: dayOfYear - daysBefore(month, year) + 1,
    yearDay: dayOfYear + 1,
    weekday: (days + 1) % 7,
    hour: Math.floor(clock / 3600),
    minute: Math.floor(clock / 60) % 60,
    second: clock % 60,
  };
}

function toYear(days: number): { year: number; dayOfYear: number } {
  const cycles = Math.floor(days / 146097);
  let rest = days - 146097 * cycles;
  // The last century of 400 years, and the last year of four, are a day longer.
  const centuries = Math.min(3, Math.floor(rest / 36524));
  rest -= 36524 * centuries;
  const fours = Math.floor(rest / 1461);
  rest -= 1461 * fours;
  const years = Math.min(3, Math.floor(rest / 365));
  return { year: 400 * cycles + 100 * centuries + 4 * fours + years + FIRST_YEAR, dayOfYear: rest - 365 * years };
}

/** The arguments of {@linkcode fromCivil}. Every part may be out of its range; the excess is carried over. */
export interface CivilParts {
  /** Year. */
  readonly year: bigint;
  /** 1 for January. */
  readonly month: bigint;
  /** 1 for the first day. */
  readonly day: bigint;
  /** Seconds since midnight. */
  readonly seconds: bigint;
}

/** Returns seconds since 1970 of a moment in UTC. */
export function fromCivil({ year, month, day, seconds }: CivilParts): bigint {
  const months = month - 1n;
  const carried = floorDivide(months, 12n);
  const wholeYear = BigInt.asIntN(64, year + carried);
  const monthNumber = Number(months - carried * 12n) + 1;
  let rest = BigInt.asUintN(64, wholeYear - BigInt(FIRST_YEAR));
  let days = 0n;
  for (const [years, length] of [[400n, 146097n], [100n, 36524n], [4n, 1461n], [1n, 365n]] as const) {
    days += (rest / years) * length;
    rest %= years;
  }
  // Only the remainder by 400 matters, and that is exact as a float.
  days += BigInt(daysBefore(monthNumber, Number(wholeYear % 400n))) + day - 1n;
  const absolute = BigInt.asUintN(64, days * DAY_SECONDS + seconds);
  return BigInt.asIntN(64, absolute - UNIX_TO_ABSOLUTE);
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a < 0n && a % b !== 0n ? a / b - 1n : a / b;
}
