import { equal, throws } from "node:assert/strict";
import { goInt } from "./value.ts";
import { GoTime } from "./time.ts";
import { GoDuration, GoMonth } from "./time_numbers.ts";
import { loadZone, prepareZones, UTC, type Zone } from "./zones.ts";

await prepareZones();

function zone(name: string): Zone {
  const found = loadZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

function read(layout: string, text: string): string {
  return GoTime.parse(layout, text, UTC).text();
}

const DAY = "2006-01-02";
const ZERO = "0001-01-01 00:00:00 +0000 UTC";

Deno.test("parse() gives the zero time for what does not fit", () => {
  for (
    const [layout, text] of [[DAY, "2020-02-30"], [DAY, "2020-03-04 x"], ["15:04", "24:00"], ["MST", "ab"]] as const
  ) {
    equal(read(layout, text), ZERO);
  }
});

Deno.test("parse() reads days of the year, halves of the day, fractions and offsets", () => {
  equal(read("2006-002", "2020-366"), "2020-12-31 00:00:00 +0000 UTC");
  equal(read("3:04PM", "12:30AM"), "0000-01-01 00:30:00 +0000 UTC");
  equal(read("15:04:05", "01:02:03.25"), "0000-01-01 01:02:03.25 +0000 UTC");
  equal(read("06 -07:00", "69 +05:30"), "1969-01-01 00:00:00 +0530 +0530");
  // Helm 2: the hours are those of Greenwich, though the zone is shown.
  equal(read("2006 MST", "2020 GMT+3"), "2020-01-01 03:00:00 +0300 GMT+3");
});

Deno.test("parse() takes an abbreviation of the local zone for that zone", () => {
  const berlin = zone("Europe/Berlin");
  equal(GoTime.parse(`${DAY} MST`, "2020-07-01 CEST", berlin).text(), "2020-07-01 00:00:00 +0200 CEST");
  equal(GoTime.parse(DAY, "2020-07-01", berlin).text(), "2020-07-01 00:00:00 +0200 CEST");
  equal(GoTime.parse(`${DAY} MST`, "2020-07-01 PDT", berlin).text(), "2020-07-01 00:00:00 +0000 PDT");
});

Deno.test("in() shows summer time, half hours and zones without names", () => {
  const moment = new GoTime(1593561600n, 0, UTC);
  const shown = (name: string): string => moment.in(zone(name)).format("15:04 -0700 MST");
  equal(shown("Europe/Berlin"), "02:00 +0200 CEST");
  equal(shown("Asia/Kolkata"), "05:30 +0530 IST");
  equal(shown("America/Sao_Paulo"), "21:00 -0300 -03");
  equal(shown("EST"), "19:00 -0500 EST");
});

Deno.test("loadZone() wants exact names", () => {
  equal(loadZone("europe/berlin"), undefined);
  equal(loadZone("+05:00"), undefined);
  equal(loadZone(""), UTC);
});

Deno.test("format() writes every year of int64", () => {
  equal(new GoTime((1n << 63n) - 1n, 0, UTC).format("2006-01-02"), "292277026596-12-04");
  equal(new GoTime(-62135596801n, 0, UTC).format("2006 06"), "0000 00");
});

Deno.test("add(), since() and AddDate carry over", () => {
  const day = GoTime.parse(DAY, "2020-01-31", UTC);
  equal(day.add(-1n).text(), "2020-01-30 23:59:59.999999999 +0000 UTC");
  equal(day.since(day.add(-90n * 60n * 1_000_000_000n)), 5400_000_000_000n);
  const next = day.method("AddDate")?.call([goInt(0), goInt(1), goInt(0)]);
  equal(next instanceof GoTime && next.text(), "2020-03-02 00:00:00 +0000 UTC");
});

Deno.test("json() refuses years that RFC 3339 cannot write", () => {
  equal(GoTime.parse(DAY, "2020-03-04", UTC).json(), "2020-03-04T00:00:00Z");
  throws(() => new GoTime(253402300800n, 0, UTC).json(), { kind: "yaml" });
});

Deno.test("durations and months print as Go's", () => {
  equal(new GoDuration(5_405_000_000_001n).text(), "1h30m5.000000001s");
  equal(new GoDuration(-1500n).text(), "-1.5\u00b5s");
  equal(new GoMonth(3n).text(), "March");
  equal(new GoMonth(13n).text(), "%!Month(13)");
});
