/**
 * Go's habits that charts can see: value kinds, bytes, printing, quoting,
 * numbers, escaping.
 *
 * @module
 */
export * from "./value.ts";
export * from "./bytes.ts";
export * from "./kinds.ts";
export { GoError, NO_ERROR } from "./go_error.ts";
export * from "./unicode.ts";
export * from "./quote.ts";
export * from "./float.ts";
export * from "./fmt.ts";
export * from "./escape.ts";
export * from "./arithmetic.ts";
export * from "./letter_case.ts";
export * from "./duration.ts";
export * from "./time.ts";
export { adler32 } from "./adler32.ts";
export { GoDuration, GoMonth, GoWeekday, NamedNumber } from "./time_numbers.ts";
export type { Moment } from "./layout.ts";
export type { CivilTime } from "./calendar.ts";
export { fixedZone, loadZone, localZone, prepareZones, UTC, type Zone, type ZoneState } from "./zones.ts";
export { compileRegexp, mustCompileMessage, prepareRegexp, type Regexp } from "./regexp.ts";
export { binaryToBytes, fromBinary, toBinary } from "./binary.ts";
export { decodeBase32, decodeBase64, type DecodedText, encodeBase32, encodeBase64 } from "./base_text.ts";
export { formatUrl, formatUser, type GoUrl, hostName, parseUrl, type UserInfo } from "./url.ts";
export { parseIp } from "./ip.ts";
