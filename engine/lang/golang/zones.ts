/**
 * Time zones: offsets come from the JavaScript engine, names of offsets from our
 * own table, because the engine does not know the ones that Go prints.
 *
 * @module
 */

/** Which offset is in force, and what it is called. */
export interface ZoneState {
  /** Abbreviation such as `CET`; empty for none. */
  readonly name: string;
  /** Seconds east of Greenwich. */
  readonly offset: number;
}

/** Go's `time.Location`; the same zone is the same object only where Go has the same pointer. */
export interface Zone {
  /** The result of Go's `Location.String`. */
  readonly name: string;
  /** Returns the offset and abbreviation in force at a moment, given in seconds since 1970. */
  readonly at: (unix: bigint) => ZoneState;
  /** All offsets that ever had this abbreviation. */
  readonly offsetsOf: (name: string) => readonly number[];
}

const UTC_STATE: ZoneState = { name: "UTC", offset: 0 };

/** Greenwich time under the name UTC. */
export const UTC: Zone = { name: "UTC", at: () => UTC_STATE, offsetsOf: (name) => name === "UTC" ? [0] : [] };

/** Returns a new zone with one offset for all times. */
export function fixedZone(name: string, offset: number): Zone {
  const state = { name, offset };
  return { name, at: () => state, offsetsOf: (wanted) => wanted === name ? [offset] : [] };
}

interface Era {
  readonly start: number;
  readonly names: ReadonlyMap<number, string>;
}

let table: Map<string, string> | undefined;

/** Loads the names of zones; until then there is only UTC. */
export async function prepareZones(): Promise<void> {
  if (table !== undefined) return;
  const { ZONE_NAMES } = await import("./zone_names.ts");
  const entries = new Map<string, string>();
  for (const line of ZONE_NAMES.split("\n")) {
    const [names = "", eras = ""] = line.split("|");
    for (const name of names.split(" ")) if (name !== "") entries.set(name, eras);
  }
  table = entries;
}

/**
 * Go's `time.LoadLocation`: a zone by its exact name; `undefined` when there is
 * none. The empty name is UTC, `Local` is the zone of this machine.
 */
export function loadZone(name: string): Zone | undefined {
  if (name === "" || name === "UTC") return UTC;
  return name === "Local" ? localZone() : namedZone(name, name);
}

let local: Zone | undefined;

/** The zone of this machine; UTC when the names of zones are not loaded. */
export function localZone(): Zone {
  if (local !== undefined) return local;
  const name = new Intl.DateTimeFormat("en-US").resolvedOptions().timeZone;
  // A zone without a table yet must not be remembered.
  if (table === undefined && name !== "UTC") return UTC;
  local = (name === "UTC" ? undefined : namedZone(name, "Local")) ?? { ...UTC };
  return local;
}

/** The same zone for the same name: making the engine's own is slow. */
const zones = new Map<string, Zone>();

function namedZone(zone: string, name: string): Zone | undefined {
  const description = table?.get(zone);
  if (description === undefined) return undefined;
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (description.startsWith("!")) {
    const [offset = "", abbreviation = ""] = description.slice(1).split(":");
    const fixed: Zone = { ...fixedZone(abbreviation, Number(offset)), name };
    zones.set(name, fixed);
    return fixed;
  }
  const eras = description.split(";").map(parseEra);
  const offsetAt = engineOffsets(zone);
  const made: Zone = {
    name,
    at: (unix) => {
      const offset = offsetAt(unix);
      const era = eras.findLast(({ start }) => start <= unix);
      return { offset, name: era?.names.get(offset) ?? numericName(offset) };
    },
    offsetsOf: (wanted) => {
      const named = eras.flatMap(({ names }) => [...names].filter(([, it]) => it === wanted).map(([offset]) => offset));
      return named.length > 0 ? named : numericOffsets(wanted, offsetAt);
    },
  };
  zones.set(name, made);
  return made;
}

function parseEra(text: string): Era {
  const [head = "", tail] = text.split("=");
  const pairs = (tail ?? head).split(",").filter((pair) => pair !== "").map((pair): [number, string] => {
    const [offset = "", name = ""] = pair.split(":");
    return [Number(offset), name];
  });
  return { start: tail === undefined ? -Infinity : Number(head), names: new Map(pairs) };
}

/** Zones without a name of their own are called `+0530`, `-03`. */
function numericName(offset: number): string {
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return (offset < 0 ? "-" : "+") + two(Math.trunc(minutes / 60)) + (minutes % 60 === 0 ? "" : two(minutes % 60));
}

const QUARTER_SECONDS = 7889238n;
const SAMPLES_END = 2145916800n;

/** Offsets without a name of their own stand in no table: the zone is asked for every season of some decades. */
function numericOffsets(name: string, offsetAt: (unix: bigint) => number): number[] {
  const match = /^([+-])([0-9]{2})([0-9]{2})?$/.exec(name);
  if (match === null) return [];
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60;
  const offset = match[1] === "-" ? -size : size;
  if (numericName(offset) !== name) return [];
  for (let unix = 0n; unix < SAMPLES_END; unix += QUARTER_SECONDS) if (offsetAt(unix) === offset) return [offset];
  return [];
}

// Rules repeat after 400 years, and JavaScript's dates end in the year 275760.
const CYCLE_SECONDS = 12622780800n;
const LAST_SECONDS = 253402300800n;
const FIRST_SECONDS = -30610224000n;

/** Returns a function from seconds since 1970 to seconds east of Greenwich. */
function engineOffsets(zone: string): (unix: bigint) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return () => 0;
  }
  return (unix) => {
    let within = unix < FIRST_SECONDS ? FIRST_SECONDS : unix;
    if (within > LAST_SECONDS) within -= ((within - LAST_SECONDS) / CYCLE_SECONDS + 1n) * CYCLE_SECONDS;
    const seconds = Number(within);
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(seconds * 1000)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    const shown = new Date(0);
    shown.setUTCFullYear(year, month - 1, day);
    return shown.setUTCHours(hour, minute, second) / 1000 - seconds;
  };
}
