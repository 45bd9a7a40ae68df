import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Chart, Release } from "../engine/model/mod.ts";
import { damagedBytes, damagedText, type Dice, fuzz } from "../tests/_lib/fuzz.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import { decodeRecord, decodeRelease, encodeRelease, readRecord } from "./record.ts";

const RECORDS = new URL("../testdata/records/", import.meta.url);

/** Records that Tiller wrote, those below 20 KB. */
const envelopes = readdirSync(RECORDS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((
  folder,
) =>
  readdirSync(new URL(`${folder.name}/`, RECORDS)).filter((file) => /\.v\d+\.json$/.test(file)).map((file): string =>
    JSON.parse(readFileSync(new URL(`${folder.name}/${file}`, RECORDS), "utf8")).data.release
  )
).filter((text) => text.length < 20_000);
const messages = envelopes.map((text) => new Uint8Array(gunzipSync(Uint8Array.fromBase64(text))));

/** A release with every field there is, two charts deep: small, so that damage hits structure and not text. */
const small = encodeRelease(someRelease({
  namespace: "here",
  info: {
    status: {
      code: "FAILED",
      resources: "r",
      notes: "n",
      lastTestSuiteRun: {
        startedAt: { seconds: 1, nanos: 2 },
        results: [{ name: "t", status: "FAILURE", info: "i", startedAt: { seconds: -1, nanos: 0 } }],
      },
    },
    deleted: { seconds: 5, nanos: 6 },
  },
  chart: {
    metadata: {
      name: "site",
      sources: ["s"],
      keywords: ["k"],
      maintainers: [{ name: "m", email: "e", url: "u" }],
      deprecated: true,
      annotations: { "__proto__": "x", a: "b" },
    },
    templates: [{ path: "t", data: new Uint8Array([1, 255]) }],
    dependencies: [{ metadata: { name: "sub" }, templates: [], dependencies: [], files: [], values: { raw: "a: 1" } }],
    files: [{ path: "f", data: new Uint8Array([0]) }],
    values: { raw: "a: 1" },
  },
  hooks: [{
    name: "h",
    kind: "Job",
    path: "p",
    manifest: "m",
    events: ["pre-install", "unknown"],
    weight: -5,
    deletePolicies: ["hook-failed"],
    deleteTimeoutSeconds: 9,
    lastRun: { seconds: 7, nanos: 8 },
  }],
}));

/** Looks at every part: those of charts are decoded when they are looked at. */
function lookAt(release: Release): void {
  const visit = (chart: Chart, depth: number): void => {
    ok(depth < 5000);
    ok(typeof chart.metadata.name === "string");
    for (const file of [...chart.templates, ...chart.files]) {
      ok(file.data instanceof Uint8Array && typeof file.path === "string");
    }
    ok(chart.values === undefined || typeof chart.values.raw === "string");
    for (const inner of chart.dependencies) visit(inner, depth + 1);
  };
  if (release.chart !== undefined) visit(release.chart, 0);
  for (const text of [release.name, release.namespace, release.manifest, release.info.status.code]) {
    ok(typeof text === "string");
  }
  ok(Number.isInteger(release.revision));
  for (const hook of release.hooks) ok(Number.isInteger(hook.weight));
  // What was read can be written, and read again.
  equal(decodeRelease(encodeRelease(release)).name, release.name);
}

const toBase64 = (bytes: Uint8Array): string => new Uint8Array(bytes).toBase64();

/** A record: damaged as text, as gzip, or as a message in a sound envelope. */
function damagedRecord(dice: Dice): string {
  const message = dice.oneIn(2) ? small : dice.pick(messages);
  switch (dice.below(6)) {
    case 0:
      return damagedText(dice, dice.pick(envelopes));
    case 1:
      return toBase64(damagedBytes(dice, Uint8Array.fromBase64(dice.pick(envelopes))));
    case 2:
      return toBase64(gzipSync(damagedBytes(dice, message), { level: 1 }));
    default:
      // As records were before they were packed: the same bytes, for less time.
      return toBase64(damagedBytes(dice, message));
  }
}

Deno.test("decodeRecord() and readRecord() answer any text with a release or an error", () =>
  fuzz({
    make: (dice) => ({ text: damagedRecord(dice), isStream: dice.oneIn(8) }),
    work: async ({ text, isStream }) => lookAt(isStream ? await readRecord(text) : decodeRecord(text)),
    show: ({ text }) => text,
  }));

/** A gzip file of zeros. */
const bomb = (bytes: number): string => toBase64(gzipSync(new Uint8Array(bytes), { level: 9 }));

Deno.test("readRecord() and decodeRecord() stop where a record unpacks to more than any release has", async () => {
  const text = bomb(140 * 1024 * 1024);
  ok(text.length < 1024 * 1024);
  const expected = { kind: "record", message: /^Cannot decode record: / };
  throws(() => decodeRecord(text), expected);
  await rejects(readRecord(text), expected);
});

Deno.test("decodeRecord() refuses charts within charts that are nested deeper than any, and groups", () => {
  let chart: Uint8Array = new Uint8Array([0x0a, 0]);
  const length = (size: number): number[] => size < 128 ? [size] : [size & 127 | 128, ...length(size >> 7)];
  for (let depth = 0; depth < 4000; depth++) chart = new Uint8Array([0x1a, ...length(chart.length), ...chart]);
  throws(() => decodeRecord(toBase64(chart)), {
    kind: "record",
    message: "Cannot decode record: it is nested more than 500 deep",
  });
  throws(() => decodeRecord(toBase64(new Uint8Array(500_000).fill(0x4b))), { kind: "record" });
});

Deno.test("encodeRelease() writes times that were read beyond what numbers hold", () => {
  const farOff = decodeRelease(Uint8Array.of(0x12, 14, 0x12, 12, 8, ...Array<number>(8).fill(0xff), 0x7f, 0x10, 0));
  deepEqual(decodeRelease(encodeRelease(farOff)).info.firstDeployed, farOff.info.firstDeployed);
});

Deno.test("decodeRecord() is soon done with a text of one kind of character", () => {
  for (const text of [`A${"\n".repeat(1_000_000)}!`, "=".repeat(1_000_000), `AAAA${"\r\n".repeat(500_000)}=x`]) {
    const start = performance.now();
    throws(() => decodeRecord(text), { kind: "record", message: "Cannot decode record: it is not base64" });
    ok(performance.now() - start < 3000);
  }
});

Deno.test("decodeRelease() refuses a message of more parts than any release has", () => {
  throws(() => decodeRelease(new Uint8Array(3_000_000).map((_, at) => at % 2 === 0 ? 0x32 : 0)), {
    kind: "record",
    message: "Cannot decode record: it has more than 1000000 fields",
  });
});

Deno.test("decodeRelease() keeps annotations that mean something to JavaScript apart from it", () => {
  const { chart } = decodeRelease(small);
  deepEqual(Object.keys(chart?.metadata.annotations ?? {}), ["a"]);
});
