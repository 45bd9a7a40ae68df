/**
 * Go's `time.Time` as a value that templates can hold, print, and call methods
 * of.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import type { Instant } from "../../base/mod.ts";
import { fromCivil, toCivil } from "./calendar.ts";
import { clampInt64, SECOND } from "./duration.ts";
import { formatLayout, type Moment } from "./layout.ts";
import { parseTime, toUnix } from "./parse_time.ts";
import { toBytes } from "./bytes.ts";
import { GoDuration, GoMonth, GoWeekday, int64, integerOf, method } from "./time_numbers.ts";
import { type Field, goInt, type GoKind, type Method, Slice, Struct } from "./value.ts";
import { localZone, UTC, type Zone } from "./zones.ts";

/** Go's `*time.Location`. */
export class GoLocation extends Struct {
  /** Go's type name. */
  override readonly goType = "*time.Location";
  /** The zone that the pointer leads to. */
  readonly zone: Zone;

  /** Keeps the zone. */
  constructor(zone: Zone) {
    super();
    this.zone = zone;
  }

  /** The result of `reflect.Kind`. */
  override get kind(): GoKind {
    return "ptr";
  }

  /** Fields in order of declaration; none is exported. */
  override fields(): readonly Field[] {
    const { name, offset } = this.zone.at(0n);
    // Go's zone of a machine that keeps UTC was never loaded: it has a name and nothing else.
    const isBare = this.zone.at === UTC.at;
    return [
      { name: "name", value: this.zone.name },
      { name: "zone", value: isBare ? new Slice("time.zone", [], true) : [name, goInt(offset)] },
      { name: "tx", value: new Slice("time.zoneTrans", [], true) },
      { name: "extend", value: "" },
      { name: "cacheStart", value: goInt(0, "int64") },
      { name: "cacheEnd", value: goInt(0, "int64") },
      { name: "cacheZone", value: null, pointer: "*time.zone" },
    ];
  }

  /** The result of the type's `String` method. */
  override text(): string {
    return this.zone.name;
  }

  /** Finds a method by its name. */
  override method(name: string): Method | undefined {
    return name === "String" ? method([], () => this.text()) : undefined;
  }

  /** Go's `==`. */
  override equals(other: unknown): boolean {
    return other instanceof GoLocation && other.zone === this.zone;
  }
}

const ZERO_UNIX = -62135596800n;
const RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";
const NANO_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";

/** Go's `time.Time`. */
export class GoTime extends Struct {
  /** Go's type name. */
  override readonly goType = "time.Time";
  /** Seconds since 1970, within int64. */
  readonly unix: bigint;
  /** 0 to 999999999. */
  readonly nanosecond: number;
  /** The zone it is shown in. */
  readonly zone: Zone;
  /** Reading of the monotonic clock in nanoseconds, for times that come from {@linkcode timeNow}. */
  readonly monotonic: bigint | undefined;

  /** Keeps the parts as they are. */
  constructor(unix: bigint, nanosecond: number, zone: Zone, monotonic?: bigint) {
    super();
    this.unix = BigInt.asIntN(64, unix);
    this.nanosecond = nanosecond;
    this.zone = zone;
    this.monotonic = monotonic;
  }

  /** The zero time: the first day of the year 1 in UTC. */
  static zero(): GoTime {
    return new GoTime(ZERO_UNIX, 0, UTC);
  }

  /** Reads a time; the zero time when the text does not fit the layout. */
  static parse(layout: string, text: string, local: Zone): GoTime {
    return GoTime.tryParse(layout, text, local) ?? GoTime.zero();
  }

  /** Reads a time; `undefined` when the text does not fit the layout. */
  static tryParse(layout: string, text: string, local: Zone): GoTime | undefined {
    const parsed = parseTime(layout, text, local);
    return parsed === undefined ? undefined : new GoTime(parsed.unix, parsed.nanosecond, parsed.zone);
  }

  /** The same moment in another zone. */
  in(zone: Zone): GoTime {
    return new GoTime(this.unix, this.nanosecond, zone, this.monotonic);
  }

  /** The moment taken apart, as its zone shows it. */
  moment(): Moment {
    const zone = this.zone.at(this.unix);
    return { ...toCivil(this.unix, zone.offset), nanosecond: this.nanosecond, zone };
  }

  /** Writes the time as the layout asks. */
  format(layout: string): string {
    return formatLayout(layout, this.moment());
  }

  /** The moment `nanoseconds` later. */
  add(nanoseconds: bigint): GoTime {
    const total = BigInt(this.nanosecond) + nanoseconds;
    const carry = total >= 0n ? total / SECOND : (total - SECOND + 1n) / SECOND;
    const monotonic = this.monotonic === undefined ? undefined : this.monotonic + nanoseconds;
    return new GoTime(this.unix + carry, Number(total - carry * SECOND), this.zone, monotonic);
  }

  /** Nanoseconds from `other` until this time, within int64. */
  since(other: GoTime): bigint {
    if (this.monotonic !== undefined && other.monotonic !== undefined) return this.monotonic - other.monotonic;
    return clampInt64(this.total() - other.total());
  }

  /** Nanoseconds since 1970, of any size. */
  total(): bigint {
    return this.unix * SECOND + BigInt(this.nanosecond);
  }

  /** Without a clock reading Go keeps seconds since the year 1; the zone UTC is nil. */
  override fields(): readonly Field[] {
    return [
      { name: "wall", value: goInt(this.nanosecond, "uint64") },
      { name: "ext", value: goInt(this.unix - ZERO_UNIX, "int64") },
      { name: "loc", value: this.zone === UTC ? null : new GoLocation(this.zone), pointer: "*time.Location" },
    ];
  }

  /** The result of the type's `String` method. */
  override text(): string {
    const shown = this.format(NANO_LAYOUT);
    if (this.monotonic === undefined) return shown;
    const size = this.monotonic < 0n ? -this.monotonic : this.monotonic;
    return `${shown} m=${this.monotonic < 0n ? "-" : "+"}${size / SECOND}.${
      (size % SECOND).toString().padStart(9, "0")
    }`;
  }

  /** Returns the text that JSON shows. Throws for years that RFC 3339 cannot write. */
  override json(): string {
    const { year } = this.moment();
    if (year < 0 || year >= 10000) {
      throw new YamlError(
        "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]",
      );
    }
    return this.format(RFC3339_NANO);
  }

  /** Go's `==`: the same moment, clock reading and zone. */
  override equals(other: unknown): boolean {
    return other instanceof GoTime && other.total() === this.total() && other.zone === this.zone &&
      other.monotonic === this.monotonic;
  }

  /** Finds a method by its name. */
  override method(name: string): Method | undefined {
    return dateMethod(this, name) ?? momentMethod(this, name) ?? textMethod(this, name);
  }
}

/**
 * Returns Go's `time.Now` over a clock, in the zone of this machine. The
 * monotonic reading counts from the first call.
 */
export function timeNow(clock: () => Instant): () => GoTime {
  let start: bigint | undefined;
  return () => {
    const { seconds, nanos } = clock();
    const total = BigInt(seconds) * SECOND + BigInt(nanos);
    start ??= total;
    return new GoTime(BigInt(seconds), nanos, localZone(), total - start);
  };
}

function timeOf(value: unknown): GoTime {
  return value instanceof GoTime ? value : GoTime.zero();
}

/** Methods that return a part of the date or the time of day. */
function dateMethod(time: GoTime, name: string): Method | undefined {
  const part = (read: (moment: Moment) => number): Method => method([], () => goInt(read(time.moment())));
  switch (name) {
    case "Year":
      return part(({ year }) => year);
    case "Month":
      return method([], () => new GoMonth(BigInt(time.moment().month)));
    case "Day":
      return part(({ day }) => day);
    case "YearDay":
      return part(({ yearDay }) => yearDay);
    case "Weekday":
      return method([], () => new GoWeekday(BigInt(time.moment().weekday)));
    case "Hour":
      return part(({ hour }) => hour);
    case "Minute":
      return part(({ minute }) => minute);
    case "Second":
      return part(({ second }) => second);
    case "Nanosecond":
      return part(({ nanosecond }) => nanosecond);
    default:
      return undefined;
  }
}

/** Methods that compare moments or return other moments. */
function momentMethod(time: GoTime, name: string): Method | undefined {
  switch (name) {
    case "After":
      return method(["time.Time"], ([other]) => compareTimes(time, timeOf(other)) > 0n);
    case "Before":
      return method(["time.Time"], ([other]) => compareTimes(time, timeOf(other)) < 0n);
    case "Equal":
      return method(["time.Time"], ([other]) => compareTimes(time, timeOf(other)) === 0n);
    case "IsZero":
      return method([], () => time.unix === ZERO_UNIX && time.nanosecond === 0);
    case "Add":
      return method(["time.Duration"], ([duration]) => time.add(integerOf(duration)));
    case "Sub":
      return method(["time.Time"], ([other]) => new GoDuration(time.since(timeOf(other))));
    case "AddDate":
      return method(["int", "int", "int"], (args) => addDate(time, args.map(integerOf)));
    case "Truncate":
      return method(["time.Duration"], ([unit]) => roundTime(time, integerOf(unit), false));
    case "Round":
      return method(["time.Duration"], ([unit]) => roundTime(time, integerOf(unit), true));
    case "UTC":
      return method([], () => time.in(UTC));
    case "Local":
      return method([], () => time.in(localZone()));
    case "In":
      return method(["*time.Location"], ([location]) => inLocation(time, location));
    case "Location":
      return method([], () => new GoLocation(time.zone));
    case "Date":
    case "Clock":
      return { ...method([], () => null), results: 3 };
    case "ISOWeek":
    case "Zone":
      return { ...method([], () => null), results: 2 };
    default:
      return undefined;
  }
}

function textMethod(time: GoTime, name: string): Method | undefined {
  switch (name) {
    case "Format":
      return method(["string"], ([layout]) => time.format(typeof layout === "string" ? layout : ""));
    case "String":
      return method([], () => time.text());
    case "Unix":
      return method([], () => int64(time.unix));
    case "UnixNano":
      return method([], () => int64(time.total()));
    case "MarshalJSON":
      return method([], () => bytes(`"${time.json()}"`));
    case "MarshalText":
      return method([], () => bytes(time.json()));
    case "AppendFormat":
      return method(["[]uint8", "string"], ([before, layout]) => appended(before, time.format(String(layout))));
    case "GobEncode":
    case "MarshalBinary":
      return method([], () => byteSlice(binary(time)));
    default:
      return undefined;
  }
}

function byteSlice(data: Iterable<number>): Slice {
  return new Slice("uint8", Array.from(data, (byte) => goInt(byte, "uint8")));
}

function bytes(text: string): Slice {
  return byteSlice(toBytes(text));
}

function appended(before: unknown, text: string): Slice {
  const start = before instanceof Slice ? before.items : [];
  return new Slice("uint8", [...start, ...bytes(text).items]);
}

/** Go's binary form: a version, seconds since the year 1, nanoseconds, and the zone's offset in minutes. */
function binary(time: GoTime): Uint8Array {
  const { offset } = time.moment().zone;
  let minutes = -1;
  if (time.zone !== UTC) {
    if (offset % 60 !== 0) throw new Error("Time.MarshalBinary: zone offset has fractional minute");
    minutes = offset / 60;
    if (minutes < -32768 || minutes === -1 || minutes > 32767) {
      throw new Error("Time.MarshalBinary: unexpected zone offset");
    }
  }
  const view = new DataView(new ArrayBuffer(15));
  view.setUint8(0, 1);
  view.setBigInt64(1, time.unix - ZERO_UNIX);
  view.setInt32(9, time.nanosecond);
  view.setInt16(13, minutes);
  return new Uint8Array(view.buffer);
}

function compareTimes(a: GoTime, b: GoTime): bigint {
  if (a.monotonic !== undefined && b.monotonic !== undefined) return a.monotonic - b.monotonic;
  return a.total() - b.total();
}

function inLocation(time: GoTime, location: unknown): GoTime {
  if (!(location instanceof GoLocation)) throw new Error("time: missing Location in call to Time.In");
  return time.in(location.zone);
}

function addDate(time: GoTime, [years = 0n, months = 0n, days = 0n]: bigint[]): GoTime {
  const { year, month, day, hour, minute, second } = time.moment();
  const civil = fromCivil({
    year: BigInt(year) + years,
    month: BigInt(month) + months,
    day: BigInt(day) + days,
    seconds: BigInt((hour * 60 + minute) * 60 + second),
  });
  return new GoTime(toUnix(civil, time.zone), time.nanosecond, time.zone);
}

/** Multiples are counted from the zero time. */
function roundTime(time: GoTime, unit: bigint, isNearest: boolean): GoTime {
  const plain = new GoTime(time.unix, time.nanosecond, time.zone);
  if (unit <= 0n) return plain;
  const rest = ((time.total() - ZERO_UNIX * SECOND) % unit + unit) % unit;
  return plain.add(isNearest && rest + rest >= unit ? unit - rest : -rest);
}
