import { deepEqual, doesNotMatch, equal, match, notEqual } from "node:assert/strict";
import type { KubeObject } from "../mod.ts";
import { createMasker, createMasking, maskReport } from "./mask.ts";
import type { Change, ChangeReport } from "./types.ts";

const MASKER = createMasker(new Uint8Array(32).fill(7));
const CANARY = "canary-3f9a1c77";

const report = (kind: string, changes: Change[]): ChangeReport => ({
  schema: 1,
  operation: "revision",
  release: { name: "web", namespace: "shop", from: 1, to: 2 },
  objects: [{
    id: { group: "", kind, namespace: "shop", name: "x" },
    action: "update",
    predicted: "record",
    changes,
    documents: { before: { kind, data: { a: "eA==" } } },
  }],
  hooks: [],
  risks: [{ code: "refused", level: "danger", object: "Job/x", text: `the value ${CANARY} is invalid` }],
  summary: {},
});

const SECRET: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { key: CANARY } };
const encoded = new TextEncoder().encode(CANARY).toBase64();

Deno.test("createMasker() tells equal from different secrets, and gives another digest in another run", () => {
  equal(MASKER.mark("abc"), MASKER.mark("abc"));
  notEqual(MASKER.mark("abc"), MASKER.mark("abd"));
  match(MASKER.mark("abc"), /^\(secret 3 bytes, [0-9a-f]{4}\)$/);
  notEqual(MASKER.mark("abcdef"), createMasker(new Uint8Array(32).fill(8)).mark("abcdef"));
});

Deno.test("maskReport() leaves no byte of a secret anywhere", () => {
  const changes: Change[] = [
    { path: "/data/key", before: encoded, after: encoded, cause: [] },
    { path: "/spec/containers/[name=a]/env/[name=X]/value", after: CANARY, cause: [] },
    { path: "/spec/containers/[name=a]/args", after: [`--url=http://u:${CANARY}@db`], cause: [] },
    { path: "/metadata/annotations/last", before: JSON.stringify({ data: { key: encoded } }), cause: [] },
    { path: "", after: { kind: "Secret", data: { key: encoded } }, cause: [] },
  ];
  for (const kind of ["Secret", "ConfigMap"]) {
    const text = JSON.stringify(maskReport(report(kind, changes), createMasking([SECRET], [], MASKER)));
    doesNotMatch(text, new RegExp(`${CANARY}|${encoded}`));
  }
});

Deno.test("maskReport() masks values under names of secrets, and what configuration texts assign to them", () => {
  const text = `user=me\ndb.password=${CANARY}\n"apiKey": "${CANARY}"\n`;
  const changes: Change[] = [
    { path: "/data/app.conf", after: text, cause: [] },
    { path: "/data/password", after: CANARY, cause: [] },
    { path: "/spec/containers/[name=a]/env/[name=DB_PASSWORD]/value", after: CANARY, cause: [] },
    { path: "/spec/containers/[name=a]/env/[name=API_TOKEN]", after: { name: "API_TOKEN", value: CANARY }, cause: [] },
    { path: "/spec/volumes/[name=a]/secret/secretName", after: "web-secret", cause: [] },
  ];
  const { objects } = maskReport(report("ConfigMap", changes), createMasking([], [], MASKER));
  const masked = objects[0]?.changes ?? [];
  doesNotMatch(JSON.stringify(masked), new RegExp(CANARY));
  match(String(masked[0]?.after), /^user=me\ndb\.password=\(secret 15 bytes, /);
  deepEqual(masked.map((change) => change.masked ?? false), [true, true, true, true, false]);
});

Deno.test("maskReport() masks user values under names of secrets wherever they appear, and keeps checksums", () => {
  const sum = "d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26";
  const changes: Change[] = [
    { path: "/data/url", after: `postgres://me:${CANARY}@db`, cause: [] },
    { path: "/spec/template/metadata/annotations/checksum~1secret", after: sum, cause: [] },
  ];
  const { objects } = maskReport(
    report("ConfigMap", changes),
    createMasking([], [{ db: { password: CANARY } }], MASKER),
  );
  doesNotMatch(JSON.stringify(objects), new RegExp(CANARY));
  equal(objects[0]?.changes[1]?.after, sum);
});

Deno.test("createMasking() masks the argument after an option, and variables inside of a text of JSON", () => {
  const masking = createMasking([], [], MASKER);
  const pod = { args: ["--db-password", CANARY, "--token", "--verbose", "plain"] };
  const text = JSON.stringify({ env: [{ name: "DB_PASSWORD", value: CANARY }, { name: "MODE", value: "plain" }] });
  doesNotMatch(JSON.stringify([masking.value(pod, [], false), masking.text(text)]), new RegExp(CANARY));
  match(JSON.stringify(masking.value(pod, [], false)), /"--verbose","plain"/);
  match(masking.text(text), /"value":"plain"/);
});

Deno.test("createMasking() masks a change of a variable by the variable's name", () => {
  const path = "/spec/containers/[name=a]/env/[name=DB_PASSWORD]/value";
  const { before, after } = createMasking([], [], MASKER).change(
    { path, before: CANARY, after: "x", cause: [] },
    false,
  );
  match(`${before} ${after}`, /^\(secret 15 bytes, .*\) \(secret 1 byte, .*\)$/);
});

Deno.test("createMasking() takes a variable of the user's values by its name, and masks it wherever it appears", () => {
  const masking = createMasking([], [{ env: [{ name: "DB_PASSWORD", value: CANARY }] }], MASKER);
  equal(masking.text(`refused: ${CANARY} is too short`), `refused: ${MASKER.mark(CANARY)} is too short`);
});
