/** Findings and previews of repairs in `skeg ui`. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ActivityAnswer, DoctorAnswer, FindingsLine, ReleaseAnswer, RepairAnswer } from "../../app/ui/types.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { chartFromFiles, encodeRecord, recordLabels } from "../../mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { type ServedUi, withUi } from "./_server.ts";

/** Leaves `web` with two revisions that are DEPLOYED, as a Tiller that was killed does. */
async function interrupt({ skeg, state }: ServedUi): Promise<void> {
  const chart = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
  });
  await skeg.install(chart, { name: "web" });
  const release = someRelease({ ...await skeg.get("web"), revision: 2, info: {} });
  const sandbox = await openSandbox({ file: state });
  const answer = await sandbox.transport({
    method: "POST",
    path: "/api/v1/namespaces/kube-system/configmaps",
    body: JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web.v2", labels: recordLabels(release) },
      data: { release: encodeRecord(release) },
    }),
  });
  equal(answer.status, 201);
  await sandbox.close();
}

Deno.test("a finding's repair is previewed and not performed", () =>
  withUi({}, async (ui) => {
    await interrupt(ui);
    const { findings, result } = await ui.json<DoctorAnswer>("/doctor?release=web");
    const { command = "" } = findings.flatMap(({ repairs }) => repairs).find((repair) =>
      / dedupe /.test(repair.command)
    ) ?? {};
    match(command, /^skeg repair dedupe web/);
    equal(result, "broken");
    const { preview, text } = await ui.json<RepairAnswer>("/doctor/preview", { ctx: "sandbox", command });
    deepEqual((preview as { reports: { performed: boolean }[] }).reports.map(({ performed }) => performed), [false]);
    match(text, /web\.v1 .*DEPLOYED -> SUPERSEDED/);
    equal((await ui.json<ReleaseAnswer>("/releases/sandbox/web?revision=1")).status, "DEPLOYED");
  }));

Deno.test("only repairs that findings propose are previewed", () =>
  withUi({}, async (ui) => {
    await interrupt(ui);
    const refused = [
      "skeg delete web --purge",
      "skeg repair settle web --as failed --yes",
      "skeg repair settle web --as failed --yes true",
      "skeg repair settle web --as",
      "skeg repair nothing web",
      "skeg repair constructor web",
      "skeg repair settle web; rm -rf /",
      "skeg repair undo web.tgz",
      "",
    ];
    for (const command of refused) {
      const answer = await ui.ask("/doctor/preview", { ctx: "sandbox", command });
      equal(answer.status, 400, command);
      await answer.body?.cancel();
    }
    const elsewhere = await ui.ask("/doctor/preview", {
      ctx: "sandbox",
      command: "skeg repair settle web --as failed --storage secret --tiller-namespace tiller",
    });
    match((await elsewhere.json()).error.message, /in another place/);
    equal((await ui.json<ReleaseAnswer>("/releases/sandbox/web?revision=1")).status, "DEPLOYED");
  }));

Deno.test("the worst findings of all releases come from one examination", () =>
  withUi({}, async (ui) => {
    await interrupt(ui);
    const chart = chartFromFiles({
      "Chart.yaml": "name: b\nversion: 1.0.0\n",
      "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
    });
    await ui.skeg.install(chart, { name: "b" });
    const { findings } = await ui.json<DoctorAnswer>("/doctor");
    const own = findings.filter(({ release }) => release === "web");
    const worst = own.filter(({ severity }) => severity === own[0]?.severity);
    const requests = async (): Promise<number> => (await ui.json<ActivityAnswer>("/activity")).requests;
    const [both, others] = await Promise.all([
      ui.lines<FindingsLine>("/findings"),
      ui.lines<FindingsLine>("/findings?ctx=sandbox"),
    ]);
    deepEqual(both, others);
    equal(both[0]?.error, null);
    deepEqual(both[0]?.rows.find(([release]) => release === "web"), [
      "web",
      "broken",
      worst.length,
      worst[0]?.title,
    ]);
    deepEqual(both[0]?.rows.map(([release]) => release), [
      ...new Set(findings.flatMap(({ release }) => release === "" ? [] : [release])),
    ]);
    const before = await requests();
    deepEqual(await ui.lines("/findings"), both);
    equal(await requests(), before);
    await ui.lines("/findings?fresh=1");
    ok(await requests() > before);
  }));
