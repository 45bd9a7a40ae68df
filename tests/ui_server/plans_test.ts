/** Plans of `skeg ui`: what they show, and that what is applied was planned and shown. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ApplyLine, PlanAnswer, ReleaseAnswer } from "../../app/ui/types.ts";
import { makeReleases } from "./_releases.ts";
import { withUi } from "./_server.ts";

const WEB = "/releases/sandbox/web";

Deno.test("a plan shows what an upgrade, a rollback and a deletion would do, and changes nothing", () =>
  withUi({}, async (ui) => {
    await makeReleases(ui.skeg);
    const upgrade = await ui.json<PlanAnswer>(`${WEB}/plans`, {
      operation: "upgrade",
      reuseValues: true,
      set: ["replicas=5"],
    });
    equal(upgrade.digest, "");
    match(upgrade.command, /^skeg plan upgrade web CHART --set replicas=5 --reuse-values --sandbox=/);
    const change = upgrade.report.objects.find(({ id }) => id.kind === "Deployment")?.changes[0];
    deepEqual([change?.path, change?.before, change?.after, change?.cause], ["/spec/replicas", 2, 5, ["values"]]);
    const rollback = await ui.json<PlanAnswer>(`${WEB}/plans`, { operation: "rollback", revision: 1, text: true });
    equal(rollback.report.operation, "rollback");
    match(rollback.texts?.join("") ?? "", /- {3}replicas: 2\n\+ {3}replicas: 1/);
    const deletion = await ui.json<PlanAnswer>(`${WEB}/plans`, { operation: "delete", purge: true });
    ok(deletion.report.objects.every(({ action }) => action === "delete"));
    equal((await ui.json<ReleaseAnswer>(WEB)).revision, 3);
    const wrong = await ui.ask(`${WEB}/plans`, { operation: "upgrade", values: "a: [" });
    equal(wrong.status, 422);
    equal((await wrong.json()).error.kind, "yaml");
    equal((await ui.ask(`${WEB}/plans`, { operation: "explode" })).status, 400);
    equal((await ui.ask("/releases/sandbox/nothing/plans", { operation: "delete" })).status, 404);
  }));

Deno.test("a saved plan is applied once, as it was shown", () =>
  withUi({ allowWrite: true }, async (ui) => {
    await makeReleases(ui.skeg);
    const made = await ui.json<PlanAnswer>(`${WEB}/plans`, {
      operation: "upgrade",
      reuseValues: true,
      set: ["replicas=5"],
      save: true,
    });
    match(made.digest, /^[0-9a-f]{64}$/);
    deepEqual(await ui.json<PlanAnswer>(`/plans/${made.digest}`), made);
    const lines = await ui.lines<ApplyLine>(`/plans/${made.digest}/apply`, {});
    deepEqual(lines.at(-1), { done: { revision: 4, status: "DEPLOYED" } });
    ok(lines.some((line) => "progress" in line && line.progress === "Deployment/web updated"));
    equal((await ui.ask(`/plans/${made.digest}/apply`, {})).status, 404);
    match(ui.said.join("\n"), /applies a plan: upgrade of web in sandbox\n.*applied: upgrade of web in sandbox/);
  }));

Deno.test("a plan that does not fit any more is refused, and nothing is changed", () =>
  withUi({ allowWrite: true }, async (ui) => {
    await makeReleases(ui.skeg);
    const body = { operation: "upgrade", reuseValues: true, set: ["replicas=5"], save: true };
    const made = await ui.json<PlanAnswer>(`${WEB}/plans`, body);
    await ui.skeg.rollback("web", 1);
    const answer = await ui.ask(`/plans/${made.digest}/apply`, {});
    const text = await answer.text();
    match(text, /"kind":"conflict"/);
    equal((await ui.json<ReleaseAnswer>(WEB)).revision, 4);
  }));

Deno.test("a danger must be confirmed with the name of the release", () =>
  withUi({ allowWrite: true }, async (ui) => {
    const { chartFromFiles } = await import("../../mod.ts");
    const chart = chartFromFiles({
      "Chart.yaml": "name: data\nversion: 1.0.0\n",
      "templates/a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: apart}\n",
    });
    await ui.skeg.install(chart, { name: "data" });
    const made = await ui.json<PlanAnswer>("/releases/sandbox/data/plans", { operation: "delete", save: true });
    equal(made.danger, true);
    for (const body of [{}, { confirm: "dat" }]) {
      const refused = await ui.ask(`/plans/${made.digest}/apply`, body);
      equal(refused.status, 400);
      match((await refused.json()).error.message, /confirmed with the name/);
    }
    const lines = await ui.lines<ApplyLine>(`/plans/${made.digest}/apply`, { confirm: "data" });
    deepEqual(lines.at(-1), { done: { revision: 1, status: "DELETED" } });
  }));
