import { doesNotThrow, throws } from "node:assert/strict";
import type { StatusCode } from "../../model/mod.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { refuseIfAtWork } from "./at_work.ts";
import type { StoredRecord } from "./repair.ts";

const NOW = { seconds: 2_000_000, nanos: 0 };

/** A record with a label and a content of the given statuses. */
function stored(label: StatusCode, content: StatusCode, labels: Record<string, string>): StoredRecord {
  const object = { metadata: { name: "web.v2", labels: { STATUS: label, ...labels } } };
  return { key: "web.v2", revision: 2, object, release: someRelease({ revision: 2, status: content }) };
}

const ago = (seconds: number): string => String(NOW.seconds - seconds);

Deno.test("refuseIfAtWork() refuses a young record of an open operation, by label or by content", () => {
  const young = { MODIFIED_AT: ago(599) };
  throws(() => refuseIfAtWork([stored("PENDING_UPGRADE", "PENDING_UPGRADE", young)], NOW), {
    kind: "conflict",
    message: "web.v2 is PENDING_UPGRADE, written 9 minutes ago: another program may be working on this release",
  });
  throws(() => refuseIfAtWork([stored("DEPLOYED", "DELETING", { CREATED_AT: ago(30) })], NOW), {
    message: /^web\.v2 is DELETING, written 30 seconds ago/,
  });
  throws(() => refuseIfAtWork([stored("PENDING_ROLLBACK", "DEPLOYED", young)], NOW), { kind: "conflict" });
});

Deno.test("refuseIfAtWork() lets old records, other statuses and older revisions pass", () => {
  doesNotThrow(() => refuseIfAtWork([stored("PENDING_INSTALL", "PENDING_INSTALL", { CREATED_AT: ago(600) })], NOW));
  doesNotThrow(() => refuseIfAtWork([stored("DEPLOYED", "DEPLOYED", { CREATED_AT: ago(1) })], NOW));
  const open = stored("PENDING_UPGRADE", "PENDING_UPGRADE", { CREATED_AT: ago(1) });
  doesNotThrow(() => refuseIfAtWork([open, stored("DEPLOYED", "DEPLOYED", {})], NOW));
  doesNotThrow(() => refuseIfAtWork([open], NOW, 0));
});

Deno.test("refuseIfAtWork() goes by the object when neither labels nor content tell a time", () => {
  const object = {
    metadata: { name: "web.v1", labels: { STATUS: "DELETING" }, creationTimestamp: "1970-01-24T03:33:19Z" },
  };
  const record = { key: "web.v1", revision: 1, object, problem: "broken" };
  throws(() => refuseIfAtWork([record], NOW), { message: /written 1 second ago/ });
  doesNotThrow(() => refuseIfAtWork([record], NOW, 1));
});
