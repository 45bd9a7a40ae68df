/**
 * Template functions about dates. Exports `dateFuncs`, and `dateNeeds`: what
 * must be loaded before they are called.
 *
 * Answers to sprig 2.22.0, `date.go`.
 *
 * @module
 */

import {
  formatDuration,
  GoTime,
  Int,
  loadZone,
  localZone,
  parseDuration,
  prepareZones,
  roundDuration,
  SECOND,
  UTC,
} from "../../golang/mod.ts";
import { define } from "./_define.ts";
import type { FuncNeeds, FuncTable } from "./func.ts";

/** A time, or a whole number of seconds since 1970. Helm 2: everything else means now. */
function timeOf(value: unknown): GoTime {
  if (value instanceof GoTime) return value;
  const isSeconds = value instanceof Int && ["int", "int64", "int32"].includes(value.type);
  return isSeconds ? new GoTime(value.value, 0, localZone()) : GoTime.now();
}

/** Helm 2: a zone that does not exist is UTC. */
function dateInZone(layout: string, date: unknown, zone: string): string {
  return timeOf(date).in(loadZone(zone) ?? UTC).format(layout);
}

function dateModify(change: string, date: unknown): GoTime {
  const duration = parseDuration(change);
  return duration === undefined ? timeOf(date) : timeOf(date).add(duration);
}

/** Time that went by since a moment, in whole seconds. */
function ago(date: unknown): string {
  const since = date instanceof Int && date.type === "int32" ? 0n : GoTime.now().since(timeOf(date));
  return formatDuration(roundDuration(since, SECOND));
}

const inZone = define(["string", "interface {}", "string"], dateInZone);
const modify = define(["string", "time.Time"], dateModify);
const HTML = "2006-01-02";

/** Functions about dates, by name. */
export const dateFuncs: FuncTable = {
  now: define([], () => GoTime.now()),
  date: define(["string", "interface {}"], (layout, date) => dateInZone(layout, date, "Local")),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: define(["interface {}"], (date) => dateInZone(HTML, date, "Local")),
  htmlDateInZone: define(["interface {}", "string"], (date, zone) => dateInZone(HTML, date, zone)),
  dateModify: modify,
  date_modify: modify,
  ago: define(["interface {}"], ago),
  toDate: define(["string", "string"], (layout, text) => GoTime.parse(layout, text, localZone())),
  unixEpoch: define(["time.Time"], (date) => timeOf(date).unix.toString()),
};

/** The table of zones. */
export const dateNeeds: FuncNeeds = Object.fromEntries(Object.keys(dateFuncs).map((name) => [name, prepareZones]));
