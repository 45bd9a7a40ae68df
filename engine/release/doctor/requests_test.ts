import { deepEqual, equal, ok } from "node:assert/strict";
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
