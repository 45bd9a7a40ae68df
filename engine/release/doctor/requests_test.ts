import { deepEqual, equal, ok } from "node:assert/strict";
import type { StatusCode } from "../../model/mod.ts";
import { readKey } from "../../../storage/mod.ts";
import { manyRecords } from "../../../tests/_lib/many_records.ts";
import { examine } from "./doctor.ts";

for (const [releases, revisions] of [[100, 10], [1000, 10], [1, 1000]] as const) {
  const all = releases * revisions;
  Deno.test(`examine() lists ${all} revisions of ${releases} releases once, and reads one record of each release`, async () => {
    const { env, requests } = manyRecords(releases, revisions);
    const report = await examine(env);
    equal(report.releases, releases);
    equal(report.places[0]?.revisions, all);
    deepEqual(report.unseen, []);
    const count = (type: string): number => requests.filter((request) => request.type === type).length;
    equal(count("list"), Math.ceil(all / 500));
    equal(count("get"), releases);
    // Secrets, objects without the label, pods, Helm 3, discovery: not more for more releases.
    ok(count("other") < 20, requests.filter(({ type }) => type === "other").map(({ path }) => path).join("\n"));
  });
}

Deno.test("examine() of 10,000 revisions in all states lists them once, and reads three records of a release at most", async () => {
  const ends: readonly (readonly StatusCode[])[] = [
    ["DEPLOYED"],
    ["FAILED"],
    ["DELETED"],
    ["DELETING"],
    ["PENDING_INSTALL"],
    ["DEPLOYED", "FAILED"],
    ["DEPLOYED", "FAILED", "FAILED", "FAILED"],
    ["DEPLOYED", "PENDING_UPGRADE"],
    ["DEPLOYED", "FAILED", "PENDING_ROLLBACK"],
    ["DEPLOYED", "DEPLOYED"],
    ["SUPERSEDED", "SUPERSEDED"],
    ["FAILED", "FAILED", "FAILED", "FAILED", "FAILED"],
  ];
  const { env, requests } = manyRecords(1000, 10, (release) => ends[release % ends.length] ?? []);
  const report = await examine(env, { olderThanSeconds: 0 });
  deepEqual([report.releases, report.places[0]?.revisions, report.unseen], [1000, 10_000, []]);
  for (const id of ["R1", "R2", "R3", "R4", "R7", "R8"]) ok(report.findings.some((one) => one.id === id), id);
  equal(requests.filter(({ type }) => type === "list").length, 10_000 / 500);
  const reads = Map.groupBy(
    requests.filter(({ type }) => type === "get"),
    ({ path }) => readKey(path.split("/").at(-1) ?? "")?.name,
  );
  equal(reads.size, 1000);
  const counts = [...reads.values()].map((paths) => paths.length);
  ok(Math.max(...counts) <= 3, `${Math.max(...counts)} records of one release`);
});

Deno.test("examine() of one release reads its records only", async () => {
  const { env, requests } = manyRecords(100, 10);
  await examine(env, { release: "app-7" });
  deepEqual(requests.filter(({ type }) => type === "get").map(({ path }) => path.split("/").at(-1)), ["app-7.v10"]);
});

Deno.test("examine() with deep reads every record once", async () => {
  const { env, requests } = manyRecords(20, 10);
  const report = await examine(env, { deep: true });
  equal(report.deep, true);
  equal(requests.filter(({ type }) => type === "get").length, 200);
});
