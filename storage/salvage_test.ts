import { deepEqual, equal, ok } from "node:assert/strict";
import type { Release } from "../engine/model/mod.ts";
import { damagedText, fuzz } from "../tests/_lib/fuzz.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import type { RecordObject } from "./driver.ts";
import { encodeRecord, encodeRelease } from "./record.ts";
import { salvageRecord } from "./salvage.ts";

const HOOK = {
  name: "check",
  kind: "Job",
  path: "web/templates/check.yaml",
  manifest: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: check}",
  events: ["post-upgrade" as const],
  weight: 0,
  deletePolicies: [],
  deleteTimeoutSeconds: 0,
};
const RELEASE = someRelease({ revision: 7, namespace: "blue", hooks: [HOOK], config: { raw: "a: 1\n" } });
const TEXT = encodeRecord(RELEASE);
const ALL = ["name", "info", "chart", "config", "manifest", "hooks", "revision", "namespace"];

const object = (release: string): RecordObject => ({ metadata: { name: "web.v7" }, data: { release } });

/** The bytes of a release whose parts but one are left out. */
function only(part: keyof Release, release: Release): Uint8Array {
  const empty: Release = {
    name: "",
    namespace: "",
    revision: 0,
    info: { status: { code: "UNKNOWN", resources: "", notes: "" }, description: "" },
    manifest: "",
    hooks: [],
  };
  return encodeRelease({ ...empty, [part]: release[part] });
}

Deno.test("salvageRecord() reads a whole record, and says that it is intact", () => {
  const { release, found, isIntact } = salvageRecord(object(TEXT), "ConfigMap");
  deepEqual(encodeRelease(release), encodeRelease(RELEASE));
  deepEqual([...found], ALL);
  equal(isIntact, true);
  deepEqual([...salvageRecord(object(btoa(TEXT)), "Secret").found], ALL);
});

Deno.test("salvageRecord() reads whole records of every length as intact, with their padding, without it, and behind a wrong byte", () => {
  const paddings = new Set<string>();
  for (let size = 0; size < 12; size++) {
    const release = someRelease({ revision: 7, manifest: `kind: ConfigMap # ${crypto.randomUUID().slice(0, size)}` });
    const text = encodeRecord(release);
    const padding = /=*$/.exec(text)?.[0] ?? "";
    paddings.add(padding);
    for (const one of [text, text.slice(0, text.length - padding.length), `${text}!`, `${text}\n`]) {
      const { release: read, found, isIntact } = salvageRecord(object(one), "ConfigMap");
      deepEqual(encodeRelease(read), encodeRelease(release), one);
      deepEqual([[...found], isIntact], [ALL, true], one);
      equal(salvageRecord(object(btoa(one)), "Secret").isIntact, true, one);
    }
  }
  deepEqual([...paddings].sort(), ["", "=", "=="]);
});

Deno.test("salvageRecord() of a record that was cut off gives the parts before the cut as they were", () => {
  const seen = new Set<string>();
  for (let size = 0; size <= TEXT.length; size++) {
    const { release, found } = salvageRecord(object(TEXT.slice(0, size)), "ConfigMap");
    const parts = [...found];
    seen.add(parts.join(" "));
    // A cut leaves a beginning: hooks and config count only if a later part was read.
    for (const part of parts) {
      deepEqual(only(part as keyof Release, release), only(part as keyof Release, RELEASE), `${part} at ${size}`);
    }
  }
  ok(seen.has(""));
  ok(seen.has("name info chart config manifest"), [...seen].join("\n"));
  ok(seen.has(ALL.join(" ")));
});

Deno.test("salvageRecord() finds the hooks only if a later part was read: more of them may be behind the cut", () => {
  const hooks = [1, 2, 3, 4].map((n) => ({ ...HOOK, name: `check-${n}`, manifest: crypto.randomUUID().repeat(n) }));
  const text = encodeRecord({ ...RELEASE, hooks });
  const counts = new Set<number>();
  for (let size = 0; size <= text.length; size++) {
    const { release, found } = salvageRecord(object(text.slice(0, size)), "ConfigMap");
    counts.add(release.hooks.length);
    equal(found.has("hooks"), found.has("revision"), `${release.hooks.length} hooks at ${size}`);
    if (found.has("hooks")) equal(release.hooks.length, hooks.length);
  }
  deepEqual([...counts], [0, 1, 2, 3, 4]);
});

Deno.test("salvageRecord() does not count hooks as found when one of them cannot be read", () => {
  const hooks = [HOOK, { ...HOOK, name: "other" }];
  const bytes = encodeRelease({ ...RELEASE, hooks });
  const name = new TextEncoder().encode("other");
  const at = bytes.findIndex((_, at) => name.every((byte, index) => bytes[at + index] === byte));
  // Its first field gets a wire type that does not exist.
  bytes[at - 2] = 0x07;
  const { release, found } = salvageRecord(object(bytes.toBase64()), "ConfigMap");
  deepEqual(release.hooks.map((hook) => hook.name), ["check"]);
  deepEqual([found.has("manifest"), found.has("hooks"), found.has("revision")], [true, false, true]);
});

Deno.test("salvageRecord() of a record with a wrong byte is intact only if what it reads is not altered", () => {
  const bytes = Uint8Array.fromBase64(TEXT);
  let altered = 0;
  for (let at = 10; at < bytes.length; at++) {
    const wrong = bytes.slice();
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    const { release, isIntact } = salvageRecord(object(wrong.toBase64()), "ConfigMap");
    if (isIntact) deepEqual(encodeRelease(release), encodeRelease(RELEASE), `byte ${at}`);
    else altered++;
  }
  ok(altered > bytes.length / 2, `${altered} of ${bytes.length}`);
});

Deno.test("salvageRecord() bears any text", async () => {
  for (const text of ["", "H4sI", "====", "not base64", "AAAA", btoa("\x1f\x8b"), btoa("\x1f\x8b\x08")]) {
    equal(salvageRecord(object(text), "ConfigMap").found.has("manifest"), false, text);
    salvageRecord(object(text), "Secret");
  }
  salvageRecord({ metadata: {} }, "ConfigMap");
  await fuzz({
    runs: 2000,
    make: (dice) => damagedText(dice, TEXT),
    work: (text) => void salvageRecord(object(text), "ConfigMap"),
  });
});
