/** Large fleets and several clusters: sizes, requests, and clusters that do not answer. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { HealthLine, ReleasesAnswer, RevisionsAnswer } from "../../app/ui/types.ts";
import { chartFromFiles } from "../../mod.ts";
import { manyRecords } from "../_lib/many_records.ts";
import { withUi } from "./_server.ts";

Deno.test("10,000 revisions are at most 0.9 MB, and are not read twice", () => {
  const { env: { driver }, requests } = manyRecords(400, 25);
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    const answer = await ui.ask("/releases?revisions=1&all=1");
    const text = await answer.text();
    ok(text.length <= 900_000, `${text.length}`);
    const { rows, releases, revisions, counts } = JSON.parse(text) as ReleasesAnswer;
    deepEqual([rows.length, releases, revisions, counts], [10_000, 400, 10_000, { DEPLOYED: 400 }]);
    const newest = await ui.json<ReleasesAnswer>("/releases");
    equal(newest.rows.length, 400);
    ok(requests.length > 0);
  });
});

Deno.test("the newest revisions of 400 releases take one request for each, and one list", () => {
  const { env: { driver }, requests } = manyRecords(400, 25);
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    await ui.json("/releases");
    equal(requests.filter(({ type }) => type === "get").length, 400);
    // Metadata of 10,000 records, in pages of 500.
    equal(requests.filter(({ type }) => type === "list").length, 20);
  });
});

Deno.test("a cluster that does not answer hides no other, and alone it is the answer", () =>
  withUi({
    contexts: [
      { name: "good", namespace: "default", current: true },
      { name: "bad", namespace: "default", current: false },
    ],
    open: (name) => name === "bad" ? { kubeConfig: unreachable() } : { sandbox: ":memory:" },
  }, async (ui) => {
    const both = await ui.json<ReleasesAnswer>("/releases");
    deepEqual(both.contexts, ["good", "bad"]);
    deepEqual(both.errors.map(({ ctx }) => ctx), ["bad"]);
    match(both.errors[0]?.message ?? "", /127\.0\.0\.1:1/);
    equal(
      (await ui.ask("/releases?ctx=bad").then(async (answer) => (await answer.body?.cancel(), answer))).status,
      502,
    );
    equal((await ui.json<{ error: unknown }>("/me?ctx=bad")).error === null, false);
    const lines = await ui.lines<HealthLine>("/releases/health", { ids: [["bad", "web"], ["good", "web"]] });
    deepEqual(lines.map(({ ctx, error }) => [ctx, error?.kind]).sort(), [["bad", "kube"], ["good", "not-found"]]);
  }));

/** A kubeconfig for a port that nothing listens on. */
function unreachable() {
  return {
    currentContext: "bad",
    clusters: [{ name: "bad", server: "http://127.0.0.1:1" }],
    users: [{ name: "bad" }],
    contexts: [{ name: "bad", cluster: "bad", user: "bad" }],
  };
}

Deno.test("history reads the newest revisions only, and says how many there are", () =>
  withUi({}, async (ui) => {
    const chart = (text: string) =>
      chartFromFiles({
        "Chart.yaml": "name: web\nversion: 1.0.0\n",
        "templates/a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {text: "${text}"}\n`,
      });
    await ui.skeg.install(chart("0"), { name: "web" });
    for (let at = 1; at < 6; at++) await ui.skeg.upgrade("web", chart(String(at)));
    const { total, revisions } = await ui.json<RevisionsAnswer>("/releases/sandbox/web/revisions?max=2");
    deepEqual([total, revisions.map(({ revision, phrase }) => [revision, phrase])], [
      6,
      [[6, "ConfigMap/web"], [5, "ConfigMap/web"]],
    ]);
  }));
