import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { SkegError } from "../errors.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import {
  DELETE_POLICIES,
  type Hook,
  HOOK_EVENTS,
  type KubeObject,
  type Release,
  STATUS_CODES,
  TEST_STATUSES,
} from "../engine/model/mod.ts";
import { decodeRecord, decodeRelease, encodeRecord, encodeRelease, readRecord } from "./record.ts";

interface Recorded {
  /** Folder and key. */
  readonly name: string;
  readonly object: KubeObject;
  readonly envelope: string;
}

const RECORDS = new URL("../testdata/records/", import.meta.url);

function recorded(): Recorded[] {
  return readdirSync(RECORDS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((folder) =>
    readdirSync(new URL(`${folder.name}/`, RECORDS)).filter((file) => /\.v\d+\.json$/.test(file)).map((file) => {
      const object = JSON.parse(readFileSync(new URL(`${folder.name}/${file}`, RECORDS), "utf8"));
      return { name: `${folder.name}/${file}`, object, envelope: object.data.release };
    })
  );
}

/** Returns a copy without lazy parts and original bytes, so that everything is encoded again. */
function copied(release: Release): Release {
  return structuredClone(release);
}

Deno.test("decodeRecord() reads every record that Tiller wrote, as its labels say", () => {
  const all = recorded();
  ok(all.length > 60);
  for (const { name, object, envelope } of all) {
    const release = decodeRecord(envelope);
    const labels = object.metadata?.labels ?? {};
    equal(release.name, labels.NAME, name);
    equal(String(release.revision), labels.VERSION, name);
    equal(release.info.status.code, labels.STATUS, name);
    ok(release.chart?.metadata.name, name);
    ok((release.info.lastDeployed?.seconds ?? 0) > 1_700_000_000, name);
  }
});

Deno.test("decodeRecord() agrees with what Helm printed for the record", () => {
  for (const { name, envelope } of recorded()) {
    const release = decodeRecord(envelope);
    let printed: string;
    try {
      printed = readFileSync(new URL(name.replace(/json$/, "get.txt"), RECORDS), "utf8");
    } catch {
      continue; // the large one
    }
    const { metadata } = release.chart ?? {};
    match(printed, new RegExp(`^REVISION: ${release.revision}\n`), name);
    ok(printed.includes(`\nCHART: ${metadata?.name}-${metadata?.version}\n`), name);
    ok(printed.includes(`\nUSER-SUPPLIED VALUES:\n${release.config?.raw}`), name);
    ok(printed.endsWith(`\nMANIFEST:\n${release.manifest}\n`), name);
    for (const hook of release.hooks) ok(printed.includes(`---\n# ${hook.name}\n${hook.manifest}\n`), name);
  }
});

Deno.test("encodeRelease() gives back the bytes that Tiller wrote", () => {
  for (const { name, envelope } of recorded()) {
    const bytes = gunzipSync(Buffer.from(envelope, "base64"));
    const release = decodeRelease(bytes);
    deepEqual(Buffer.from(encodeRelease(release)), bytes, name);
    deepEqual(decodeRelease(encodeRelease(copied(release))), release, name);
    // Tiller writes annotations in random order; all other bytes must be equal.
    if (release.chart?.metadata.annotations === undefined) {
      deepEqual(Buffer.from(encodeRelease(copied(release))), bytes, name);
    }
  }
});

Deno.test("encodeRecord() begins as Tiller's text does", () => {
  const text = encodeRecord(someRelease());
  ok(text.startsWith("H4sIAAAAAAAC/"));
  deepEqual(copied(decodeRecord(text)), copied(someRelease()));
});

Deno.test("encodeRelease() keeps what it does not know, at the end of its message", () => {
  const odd = Uint8Array.of(0x9a, 0x06, 0x01, 0x7a); // field 99, one byte
  const release = someRelease({
    unknown: odd,
    info: { unknown: odd, status: { code: "DEPLOYED", resources: "", notes: "", unknown: odd } },
    config: { raw: "a: 1\n", unknown: odd },
    chart: {
      metadata: { name: "site", maintainers: [{ name: "M", unknown: odd }], unknown: odd },
      templates: [],
      dependencies: [],
      files: [],
      unknown: odd,
    },
    hooks: [{
      name: "h",
      kind: "Job",
      path: "p",
      manifest: "m",
      events: ["pre-install"],
      weight: 0,
      deletePolicies: [],
      deleteTimeoutSeconds: 0,
      unknown: odd,
    }],
  });
  const bytes = encodeRelease(release);
  deepEqual([...bytes.slice(-4)], [...odd]);
  deepEqual(copied(decodeRelease(bytes)), copied(release));
  deepEqual(encodeRelease(copied(decodeRelease(bytes))), bytes);
});

Deno.test("encodeRelease() keeps hook fields whose value is zero or negative", () => {
  const release = someRelease({
    hooks: [{
      name: "",
      kind: "Pod",
      path: "a/templates/t.yaml",
      manifest: "kind: Pod",
      events: ["test-success", "unknown", "crd-install", "crd-install"],
      weight: -5,
      deletePolicies: ["hook-succeeded", "hook-failed", "hook-succeeded", "before-hook-creation"],
      deleteTimeoutSeconds: -1,
      lastRun: { seconds: 0, nanos: 0 },
    }],
  });
  deepEqual(copied(decodeRelease(encodeRelease(release))), copied(release));
});

Deno.test("decodeRelease() reads enums that are not packed", () => {
  // hook { events: 1, events: 2, delete_policies: 0 }, as writers of proto2 put them
  const hook = [0x28, 1, 0x28, 2, 0x40, 0];
  const release = decodeRelease(Uint8Array.of(0x32, hook.length, ...hook));
  deepEqual(release.hooks[0]?.events, ["pre-install", "post-install"]);
  deepEqual(release.hooks[0]?.deletePolicies, ["hook-succeeded"]);
});

Deno.test("encodeRelease() writes annotations in the order of their keys", () => {
  const withAnnotations = (annotations: Record<string, string>): Uint8Array =>
    encodeRelease(
      someRelease({ chart: { metadata: { name: "c", annotations }, templates: [], dependencies: [], files: [] } }),
    );
  deepEqual(withAnnotations({ b: "", a: "1" }), withAnnotations({ a: "1", b: "" }));
  const read = decodeRelease(withAnnotations({ b: "", a: "1" })).chart?.metadata.annotations;
  deepEqual(Object.entries(read ?? {}), [["a", "1"], ["b", ""]]);
});

Deno.test("encodeRelease() writes a chart that was changed after reading", () => {
  const release = decodeRelease(encodeRelease(someRelease()));
  ok(release.chart);
  const changed = { ...release, chart: { ...release.chart, values: { raw: "frozen: true\n" } } };
  equal(decodeRelease(encodeRelease(changed)).chart?.values?.raw, "frozen: true\n");
});

Deno.test("encodeRelease() keeps files that are not text, and refuses text that is not UTF-8", () => {
  const data = Uint8Array.of(0xff, 0x00, 0xfe);
  const chart = { metadata: { name: "c" }, templates: [], dependencies: [], files: [{ path: "x.bin", data }] };
  deepEqual(decodeRelease(encodeRelease(someRelease({ chart }))).chart?.files[0]?.data, data);
  throws(() => encodeRelease(someRelease({ manifest: "a\udcffb" })), {
    kind: "record",
    message: 'proto: field "hapi.release.Release.Manifest" contains invalid UTF-8',
  });
});

Deno.test("decodeRecord() reads records from before compression", () => {
  const text = Buffer.from(encodeRelease(someRelease())).toString("base64");
  equal(decodeRecord(text).name, "web");
});

Deno.test("readRecord() gives what decodeRecord() gives, and rejects as it throws", async () => {
  const big = someRelease({ manifest: Array.from({ length: 60_000 }, (_, line) => `line: ${line ** 3}\n`).join("") });
  const packed = (release: Release) => gzipSync(encodeRelease(release));
  const envelopes = [
    ...recorded().map(({ envelope }) => envelope),
    encodeRecord(big),
    Buffer.from(encodeRelease(big)).toString("base64"),
    Buffer.concat([packed(big), packed(someRelease({ name: "last" }))]).toString("base64"),
  ];
  for (const envelope of envelopes) deepEqual(await readRecord(envelope), decodeRecord(envelope));
  for (
    const broken of [
      "",
      "?",
      envelopes[0]?.slice(0, 400) ?? "",
      Buffer.from(packed(big)).fill(7, 900, 950).toString("base64"),
    ]
  ) {
    let expected: unknown;
    try {
      decodeRecord(broken);
    } catch (error) {
      expected = error;
    }
    ok(expected instanceof SkegError);
    await rejects(readRecord(broken), { kind: "record", message: expected.message });
  }
});

Deno.test("readRecord() leaves out what is not wanted", async () => {
  const release = someRelease({
    chart: {
      metadata: { name: "web" },
      templates: [{ path: "a", data: new Uint8Array(9) }],
      dependencies: [],
      files: [],
    },
  });
  const outline = await readRecord(encodeRecord(release), "outline");
  equal(outline.name, release.name);
  deepEqual(outline.chart?.templates, []);
  const manifest = await readRecord(encodeRecord(release), "manifest");
  equal(manifest.manifest, release.manifest);
  equal(manifest.chart, undefined);
});

Deno.test("decodeRecord() rejects what is no record with kind record", () => {
  const truncated = encodeRecord(someRelease()).slice(0, 80);
  for (const text of ["", "not base64!", "H4sIAAAAAAAC/w==", truncated, Buffer.from("plain text").toString("base64")]) {
    throws(() => decodeRecord(text), { kind: "record" }, text);
  }
});

/** Text that is valid UTF-8. `unit: "binary"` of fast-check is the same, but takes seconds to build. */
const text = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 30 })
  .map((codes) => String.fromCodePoint(...codes).toWellFormed());
const int32 = fc.integer();
const time = fc.option(
  fc.record({ seconds: fc.integer({ min: -1e12, max: 1e12 }), nanos: fc.nat(999_999_999) }),
  { nil: undefined },
);
const file = fc.record({ path: text, data: fc.uint8Array({ maxLength: 40 }) });
const hook: fc.Arbitrary<Hook> = fc.record({
  name: text,
  kind: text,
  path: text,
  manifest: text,
  events: fc.array(fc.constantFrom(...HOOK_EVENTS)),
  lastRun: time,
  weight: int32,
  deletePolicies: fc.array(fc.constantFrom(...DELETE_POLICIES)),
  deleteTimeoutSeconds: fc.maxSafeInteger(),
});
const run = fc.record({
  name: text,
  status: fc.constantFrom(...TEST_STATUSES),
  info: text,
  startedAt: time,
  completedAt: time,
});
const release: fc.Arbitrary<Release> = fc.record({
  name: text,
  namespace: text,
  revision: int32,
  manifest: text,
  hooks: fc.array(hook, { maxLength: 3 }),
  config: fc.option(fc.record({ raw: text }), { nil: undefined }),
  chart: fc.record({
    metadata: fc.record({ name: text, annotations: fc.dictionary(text, text, { noNullPrototype: true }) }),
    templates: fc.array(file, { maxLength: 3 }),
    dependencies: fc.constant([]),
    files: fc.array(file, { maxLength: 3 }),
  }),
  info: fc.record({
    status: fc.record({
      code: fc.constantFrom(...STATUS_CODES),
      resources: text,
      notes: text,
      lastTestSuiteRun: fc.option(
        fc.record({ startedAt: time, completedAt: time, results: fc.array(run, { maxLength: 2 }) }),
        { nil: undefined },
      ),
    }),
    firstDeployed: time,
    lastDeployed: time,
    deleted: time,
    description: text,
  }),
});

/** Removes properties that are `undefined` or empty: protobuf does not distinguish these from absent ones. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => part instanceof Uint8Array ? [...part] : part),
    (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part) && Object.keys(part).length === 0
        ? undefined
        : part,
  );
}

Deno.test("decodeRecord() gives back any release that encodeRecord() took", () => {
  fc.assert(
    fc.property(release, (given) => {
      deepEqual(bare(decodeRecord(encodeRecord(given))), bare(given));
    }),
    { numRuns: 200 },
  );
});
