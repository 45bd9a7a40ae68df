/**
 * Recognises dates and times of YAML 1.1.
 *
 * @module
 */

const DATE = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})/;
const CLOCK = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]{1,9})?/;
// Go's `time.Parse` accepts a sign in place of the first digit of the zone's hours and minutes.
const ZONE = /^(?:Z|[+-](?:[0-9]|[+-](?=[0-9]))[0-9]:(?:[0-9]|[+-](?=[0-9]))[0-9])$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : MONTH_DAYS[month - 1] ?? 0;
}

/** True for a text in one of the library's four layouts: a valid date, alone or with a time. */
export function isTimestamp(text: string): boolean {
  const date = DATE.exec(text);
  if (date === null) return false;
  const month = Number(date[2]), day = Number(date[3]);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(Number(date[1]), month)) return false;
  const rest = text.slice(date[0].length);
  if (rest === "") return true;
  const joint = /^(?:[Tt]| +)/.exec(rest);
  if (joint === null) return false;
  const time = rest.slice(joint[0].length);
  const clock = CLOCK.exec(time);
  if (clock === null || Number(clock[1]) > 23 || Number(clock[2]) > 59 || Number(clock[3]) > 59) return false;
  const zone = time.slice(clock[0].length);
  // The layout with a blank has no zone; the ones with `T` require it.
  return joint[0].startsWith(" ") ? zone === "" : ZONE.test(zone);
}
