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
import { define, defineInContext } from "./_define.ts";
import type { FuncContext, FuncNeeds, FuncTable } from "./func.ts";

/** A time, or a whole number of seconds since 1970. Helm 2: everything else means now. */
function timeOf({ now }: FuncContext, value: unknown): GoTime {
  if (value instanceof GoTime) return value;
  const isSeconds = value instanceof Int && ["int", "int64", "int32"].includes(value.type);
  return isSeconds ? new GoTime(value.value, 0, localZone()) : now();
}

/** Helm 2: a zone that does not exist is UTC. */
function dateInZone(context: FuncContext, layout: string, date: unknown, zone: string): string {
  return timeOf(context, date).in(loadZone(zone) ?? UTC).format(layout);
}

function dateModify(context: FuncContext, change: string, date: unknown): GoTime {
  const duration = parseDuration(change);
  const time = timeOf(context, date);
  return duration === undefined ? time : time.add(duration);
}

/** Time that went by since a moment, in whole seconds. */
function ago(context: FuncContext, date: unknown): string {
  const since = date instanceof Int && date.type === "int32" ? 0n : context.now().since(timeOf(context, date));
  return formatDuration(roundDuration(since, SECOND));
}

const inZone = defineInContext(["string", "interface {}", "string"], dateInZone);
const modify = defineInContext(["string", "time.Time"], dateModify);
const HTML = "2006-01-02";

/** Functions about dates, by name. */
export const dateFuncs: FuncTable = {
  now: defineInContext([], ({ now }) => now()),
  date: defineInContext(
    ["string", "interface {}"],
    (context, layout, date) => dateInZone(context, layout, date, "Local"),
  ),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: defineInContext(["interface {}"], (context, date) => dateInZone(context, HTML, date, "Local")),
  htmlDateInZone: defineInContext(
    ["interface {}", "string"],
    (context, date, zone) => dateInZone(context, HTML, date, zone),
  ),
  dateModify: modify,
  date_modify: modify,
  ago: defineInContext(["interface {}"], ago),
  toDate: define(["string", "string"], (layout, text) => GoTime.parse(layout, text, localZone())),
  unixEpoch: defineInContext(["time.Time"], (context, date) => timeOf(context, date).unix.toString()),
};

/** The table of zones. */
export const dateNeeds: FuncNeeds = Object.fromEntries(Object.keys(dateFuncs).map((name) => [name, prepareZones]));
