import { equal, match, throws } from "node:assert/strict";
import { decodeTime, localTime, NO_TIME } from "./time.ts";

Deno.test("decodeTime() gives times in Go's spelling", () => {
  equal(decodeTime("2020-01-02T03:04:05Z"), "2020-01-02T03:04:05Z");
  equal(decodeTime("2020-01-02T03:04:05.120000000+00:00"), "2020-01-02T03:04:05.12Z");
  equal(decodeTime("2020-01-02T3:04:05.1234567891-08:30"), "2020-01-02T03:04:05.123456789-08:30");
  equal(decodeTime(null), NO_TIME);
  equal(decodeTime(undefined), NO_TIME);
});

Deno.test("decodeTime() says where a text stops being a time", () => {
  const why = (value: unknown, reason: string) =>
    throws(() => decodeTime(value), { kind: "yaml", message: new RegExp(`${reason}$`) });
  why("yesterday", 'cannot parse "yesterday"" as "2006"');
  why("2020-01-02", 'cannot parse """ as "T"');
  why("2020-01-02T03:04:05", 'cannot parse """ as "Z07:00"');
  why("2020-01-02T03:04:05Zx", 'cannot parse "x"" as """');
  why(5, 'cannot parse "5" as """');
});

Deno.test("localTime() writes the moment in the local zone, which reads back", () => {
  const now = new Date(1_600_000_000_120);
  match(localTime(now), /^2020-09-1\dT\d\d:\d\d:\d\d\.12(?:Z|[+-]\d\d:\d\d)$/);
  equal(Date.parse(localTime(now)), now.getTime());
  equal(decodeTime(localTime(now)), localTime(now));
  match(localTime(new Date(1_600_000_000_000)), /:\d\d(?:Z|[+-]\d\d:\d\d)$/);
});
