import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  configMaps,
  type DoctorStage,
  makeLive,
  putHistory,
  recordText,
  withDoctorStage,
} from "../../../tests/_lib/doctor_stage.ts";
import type { Finding } from "./finding.ts";

/** Returns the only finding. */
async function only(stage: DoctorStage): Promise<Finding> {
  const { findings } = await stage.examine();
  deepEqual(findings.map(({ id }) => id).slice(1), [], "one finding");
  const [first] = findings;
  ok(first);
  return first;
}

const textOf = ({ evidence }: Finding): string => evidence.map(({ source, text }) => `${source}: ${text}`).join("\n");

Deno.test("healthy releases have no findings: DEPLOYED with a history, and DELETED", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
    await stage.put({ name: "gone", status: "DELETED", manifest: configMaps({ b: "1" }) });
    await stage.put({ name: "pruned", revision: 12, manifest: configMaps({ c: "1" }) });
    await makeLive(stage, { a: "3", c: "1" });
    deepEqual(await stage.findings(), []);
    deepEqual(await stage.findings({ deep: true }), []);
  }));

Deno.test("R1: the only revision is PENDING_INSTALL", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ status: "PENDING_INSTALL", manifest: configMaps({ a: "1", b: "1" }) });
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R1 broken web 1"]);
    const finding = await only(stage);
    match(textOf(finding), /^live objects: 1 of 2 live and as in the manifest, 1 missing$/m);
    deepEqual(finding.repairs.map(({ command }) => command).at(-1), "skeg delete --purge web");
    // A running install is no fault.
    deepEqual(await stage.findings({ olderThanSeconds: 600 }), ["R1 note web 1"]);
  }));

Deno.test("R1: hook Jobs tell how far the install came", () =>
  withDoctorStage(async (stage) => {
    const job =
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {template: {spec: {restartPolicy: Never, " +
      "containers: [{name: a, image: a}]}}}";
    const hook = { kind: "Job", path: "p", weight: 0, deletePolicies: [], deleteTimeoutSeconds: 0 };
    await stage.put({
      status: "PENDING_INSTALL",
      hooks: [
        { ...hook, name: "migrate", manifest: job, events: ["pre-install"] },
        { ...hook, name: "check", manifest: job, events: ["test-success"] },
      ],
    });
    match(textOf(await only(stage)), /^hook pre-install: Job migrate: does not exist$/m);
  }));

for (const status of ["PENDING_UPGRADE", "PENDING_ROLLBACK"] as const) {
  Deno.test(`R2: the newest revision is ${status}`, () =>
    withDoctorStage(async (stage) => {
      await putHistory(
        stage,
        ["DEPLOYED", status],
        (n) => ({ manifest: configMaps({ a: `${n}`, b: `${n}`, c: `${n}` }) }),
      );
      await makeLive(stage, { a: "2", b: "1" });
      deepEqual(await stage.findings(), ["R2 broken web 2"]);
      match(textOf(await only(stage)), /^live objects: 3 objects tell: 1 as in revision 2, 1 as in 1, 1 missing$/m);
    }));
}

Deno.test("R2: a crash between SUPERSEDED and DEPLOYED leaves no DEPLOYED revision", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "PENDING_UPGRADE"]);
    await makeLive(stage, { a: "2" });
    deepEqual(await stage.findings(), ["R2 broken web 2"]);
  }));

Deno.test("R2: a Tiller that was started after the record is not working on it", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED", "PENDING_UPGRADE"]);
    await stage.create("/api/v1/namespaces/kube-system/pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "tiller-deploy-1", labels: { app: "helm", name: "tiller" } },
      spec: { containers: [{ name: "tiller", image: "tiller" }] },
    });
    const { findings } = await stage.examine();
    const finding = findings.find(({ id }) => id === "R2");
    ok(finding);
    match(textOf(finding), /^pod kube-system\/tiller-deploy-1 of a Tiller: /m);
  }));

Deno.test("R3: the newest revision is DELETING", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ status: "DELETING", manifest: configMaps({ a: "1", b: "1" }) });
    await makeLive(stage, { b: "1" });
    deepEqual(await stage.findings(), ["R3 broken web 1"]);
    match(textOf(await only(stage)), /^live objects: 1 of 2 are left: ConfigMap\/b$/m);
    await makeLive(stage, { a: "1" });
    equal((await only(stage)).repairs[0]?.command, "skeg rollback web 1");
  }));

Deno.test("R3: finalizers that hold an object are named", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ status: "DELETING", manifest: configMaps({ a: "1" }) });
    const path = "/api/v1/namespaces/default/configmaps";
    await stage.create(path, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", finalizers: ["example.com/hold"] },
    });
    await (await stage.cluster.transport({ method: "DELETE", path: `${path}/a` })).body?.cancel();
    match(textOf(await only(stage)), /^ConfigMap\/a: being deleted since .*, held by finalizers example\.com\/hold$/m);
  }));

Deno.test("R4: several revisions are DEPLOYED", () =>
  withDoctorStage(async (stage) => {
    await putHistory(
      stage,
      ["DEPLOYED", "DEPLOYED", "DEPLOYED"],
      (n) => ({ manifest: configMaps({ a: `${n}`, b: `${n}` }) }),
    );
    await makeLive(stage, { a: "2", b: "2" });
    deepEqual(await stage.findings(), ["R4 broken web 3"]);
    const finding = await only(stage);
    equal(finding.title, "revisions 1, 2 and 3 are DEPLOYED, and only one should be");
    match(textOf(finding), /^live objects: 2 objects tell: 2 as in revision 2$/m);
  }));

Deno.test("R5: no revision was ever DEPLOYED", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["FAILED"]);
    deepEqual(await stage.findings(), ["R5 broken web 1"]);
    // Nothing is live: there is nothing to promote.
    deepEqual((await only(stage)).repairs.map(({ command }) => command), ["skeg delete --purge web"]);
    await putHistory(stage, ["FAILED"], undefined, 2);
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R5 broken web 2"]);
    match(textOf(await only(stage)), /^live objects: 1 object tells: 1 as in revision 1$/m);
  }));

Deno.test("R6: the DEPLOYED revision was pruned away by failed ones", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["FAILED", "FAILED", "FAILED"], undefined, 4);
    await makeLive(stage, { a: "4" });
    deepEqual(await stage.findings(), ["R6 broken web 6"]);
    match(textOf(await only(stage)), /^history: it begins with revision 4$/m);
  }));

Deno.test("R7: the newest revision FAILED and changed something; without changes it is a note", () =>
  withDoctorStage(async (stage) => {
    await putHistory(
      stage,
      ["DEPLOYED", "FAILED"],
      (n) => ({ manifest: configMaps({ a: `${n}`, [`only${n}`]: "x" }) }),
    );
    await makeLive(stage, { a: "2", only1: "x", only2: "x" });
    deepEqual(await stage.findings(), ["O4 warning web 2", "R7 warning web 2"]);
    match(
      textOf((await stage.examine()).findings.find(({ id }) => id === "R7") as Finding),
      /^live objects: only revision 2 names ConfigMap\/only2$/m,
    );
  }));

Deno.test("R7: a FAILED revision that changed nothing is a note", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED", "FAILED"]);
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R7 note web 2"]);
  }));

Deno.test("R8: the newest revision is SUPERSEDED, and none is DEPLOYED", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "SUPERSEDED"]);
    await makeLive(stage, { a: "2" });
    deepEqual(await stage.findings(), ["R8 broken web 2"]);
    match(textOf(await only(stage)), /^live objects: 1 object tells: 1 as in revision 2$/m);
  }));

Deno.test("R8: a failed rollback leaves SUPERSEDED and FAILED revisions", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "SUPERSEDED", "FAILED"]);
    deepEqual(await stage.findings(), ["R8 broken web 3"]);
  }));

Deno.test("R9: records that cannot be decoded", async () => {
  const whole = recordText({ revision: 2, manifest: configMaps({ a: "1" }) });
  const damaged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "no data": {},
    "empty": { release: "" },
    "not base64": { release: "***" },
    "cut off": { release: whole.slice(0, whole.length / 2) },
    "not gzip": { release: btoa("hello, world") },
    "one wrong character": { release: whole.slice(0, 60) + (whole[60] === "A" ? "B" : "A") + whole.slice(61) },
  };
  for (const [what, data] of Object.entries(damaged)) {
    await withDoctorStage(async (stage) => {
      await putHistory(stage, ["DEPLOYED"]);
      await makeLive(stage, { a: "1" });
      await stage.putObject("web.v2", data, { NAME: "web", OWNER: "TILLER", STATUS: "SUPERSEDED", VERSION: "2" });
      deepEqual(await stage.findings(), ["R9 broken web 2"], what);
      match(
        (await only(stage)).consequence,
        Object.hasOwn(data, "release") && data.release !== "" ? /skips/ : /crashes/,
      );
    });
  }
});

Deno.test("R10: the label STATUS differs from the content", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "FAILED"]);
    await makeLive(stage, { a: "2" });
    // People make upgrades possible again in this way.
    await stage.relabel("web.v2", { STATUS: "DEPLOYED" });
    deepEqual(await stage.findings(), ["R10 warning web 2"]);
  }));

Deno.test("R10: a DEPLOYED revision whose label says something else is not found", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await makeLive(stage, { a: "1" });
    await stage.relabel("web.v1", { STATUS: "FAILED" });
    deepEqual(await stage.findings(), ["R10 broken web 1"]);
    match((await only(stage)).consequence, /an upgrade is refused/);
  }));

Deno.test("R11: labels, the key or the owner differ from the content", async () => {
  const changes: readonly (readonly [Readonly<Record<string, string | undefined>>, string])[] = [
    [{ NAME: "other" }, "R11 broken web 1"],
    [{ VERSION: "7" }, "R11 broken web 1"],
    [{ NAME: undefined }, "R11 broken web 1"],
    [{ OWNER: undefined }, "R11 broken web 1"],
    [{ OWNER: "SOMEONE" }, "R11 broken web 1"],
  ];
  for (const [labels, want] of changes) {
    await withDoctorStage(async (stage) => {
      await putHistory(stage, ["DEPLOYED", "DEPLOYED"].slice(1) as ["DEPLOYED"]);
      await makeLive(stage, { a: "1" });
      await stage.relabel("web.v1", labels);
      deepEqual(await stage.findings(), [want], JSON.stringify(labels));
      deepEqual(await stage.findings({ release: "web" }), [want], JSON.stringify(labels));
    });
  }
});

Deno.test("R11: a record under a key that no record has, and under the key of another revision", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await makeLive(stage, { a: "1" });
    const labels = { NAME: "web", OWNER: "TILLER", STATUS: "SUPERSEDED", VERSION: "2" };
    await stage.putObject("web-2", { release: recordText({ revision: 2, status: "SUPERSEDED" }) }, labels);
    deepEqual(await stage.findings(), ["R11 broken web 2"]);
  }));

Deno.test("R11: objects that are named like records, and are none, are left alone", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await makeLive(stage, { a: "1" });
    await stage.putObject("settings.v2", { text: "a: 1" }, {});
    await stage.putObject("web.v7", { release: "***" }, { OWNER: "TILLER-QUARANTINE", NAME: "web", VERSION: "7" });
    deepEqual(await stage.findings(), ["R9 note web 7"]);
  }));

Deno.test("R12: a gap in the history", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED"]);
    await putHistory(stage, ["SUPERSEDED", "DEPLOYED"], undefined, 4);
    await makeLive(stage, { a: "5" });
    deepEqual(await stage.findings(), ["R12 note web"]);
    equal((await only(stage)).title, "revisions 2 and 3 are missing in the history");
  }));

Deno.test("R13: a record without status, times, chart or namespace", async () => {
  const { chart: _, ...rest } = { chart: 1 };
  const sketches = [
    { info: { status: { code: "UNKNOWN", resources: "", notes: "" } } },
    { chart: undefined, ...rest },
    { namespace: "" },
    { info: { firstDeployed: undefined, lastDeployed: undefined } },
  ] as const;
  for (const sketch of sketches) {
    await withDoctorStage(async (stage) => {
      await putHistory(stage, ["DEPLOYED"], () => sketch as object);
      await makeLive(stage, { a: "1" });
      deepEqual(await stage.findings(), ["R13 broken web 1"], JSON.stringify(sketch));
    });
  }
});

Deno.test("R14: a record near the limit of an object, with its largest files", () =>
  withDoctorStage(async (stage) => {
    const data = new Uint8Array(700_000);
    for (let at = 0; at < data.length; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
    const chart = {
      metadata: { name: "site", version: "0.1.0" },
      templates: [],
      dependencies: [],
      files: [{ path: "logo.png", data }],
    };
    await putHistory(stage, ["DEPLOYED"], () => ({ chart }));
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R14 warning web 1"]);
    match(textOf(await only(stage)), /site\/logo\.png \(684 kB\)/);
  }));

Deno.test("R15: many revisions", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, [...Array.from({ length: 59 }, () => "SUPERSEDED" as const), "DEPLOYED"]);
    await makeLive(stage, { a: "60" });
    deepEqual(await stage.findings(), ["R15 note web"]);
  }));

Deno.test("R16: one release in ConfigMaps and in Secrets", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await stage.put({ manifest: configMaps({ a: "1" }) }, { storage: "secret" });
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R16 warning web"]);
    deepEqual(await stage.findings({ release: "web" }), ["R16 warning web"]);
  }));

Deno.test("R17: one name in two storage namespaces, with the same objects or with others", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await makeLive(stage, { a: "1", b: "1" });
    await stage.put({ manifest: configMaps({ a: "1" }) }, { namespace: "team" });
    deepEqual(await stage.findings(), ["R17 warning web"]);
    match(textOf(await only(stage)), /^manifests: both name ConfigMap\/a in namespace default$/m);
  }));

Deno.test("R17: other objects are a note", () =>
  withDoctorStage(async (stage) => {
    await putHistory(stage, ["DEPLOYED"]);
    await makeLive(stage, { a: "1", b: "1" });
    await stage.put({ manifest: configMaps({ b: "1" }) }, { namespace: "team" });
    deepEqual(await stage.findings(), ["R17 note web"]);
  }));

Deno.test("R18: records where commands do not look", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ manifest: configMaps({ a: "1" }) }, { namespace: "team" });
    await makeLive(stage, { a: "1" });
    deepEqual(await stage.findings(), ["R18 warning"]);
    equal((await only(stage)).repairs[0]?.effect, "use --storage configmap --tiller-namespace team");
    deepEqual(await stage.findings({ release: "web" }), ["R18 warning web"]);
    await stage.put({ name: "own", manifest: configMaps({ b: "1" }) });
    await makeLive(stage, { b: "1" });
    deepEqual(await stage.findings(), ["R18 note"]);
  }));

/** Creates a record of Helm 3 for release `web` in namespace `default`, without content. */
function putHelm3(
  stage: DoctorStage,
  revision: number,
  status: string,
  storage: "secret" | "configmap" = "secret",
): Promise<void> {
  const labels = { owner: "helm", name: "web", status, version: `${revision}` };
  const metadata = { name: `sh.helm.release.v1.web.v${revision}`, labels };
  return stage.create(
    `/api/v1/namespaces/default/${storage}s`,
    storage === "secret"
      ? { apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1", metadata }
      : { apiVersion: "v1", kind: "ConfigMap", metadata },
  );
}

/** Creates the journal of a migration of `web`. */
function putJournal(stage: DoctorStage, STATE = "migrated"): Promise<void> {
  const metadata = { name: "skeg-migration.web", labels: { NAME: "web", OWNER: "SKEG", STATE } };
  return stage.create("/api/v1/namespaces/kube-system/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata });
}

/** A release `web` with revisions 1 to 3, of which the last is DEPLOYED. */
async function putThree(stage: DoctorStage): Promise<void> {
  await putHistory(stage, ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
  await makeLive(stage, { a: "3" });
}

Deno.test("R20: Helm 3 has a release of that name and namespace, in Secrets or ConfigMaps", async () => {
  for (const storage of ["secret", "configmap"] as const) {
    await withDoctorStage(async (stage) => {
      await putThree(stage);
      await putHelm3(stage, 3, "deployed", storage);
      deepEqual(await stage.findings(), ["R20 warning web"]);
      const { title, evidence, repairs } = await only(stage);
      equal(title, "Helm 3 has a release of this name in namespace default");
      match(evidence[1]?.text ?? "", /^Helm 3 has revision 3; the newest is deployed/);
      match(repairs[0]?.command ?? "", /^skeg repair forget web/);
      match(repairs[1]?.effect ?? "", new RegExp(`kubectl delete ${storage}s -n default -l owner=helm,name=web$`));
    });
  }
});

Deno.test("R20: Helm 3 has gone on, has uninstalled the release, or has half of the history", async () => {
  const states: readonly (readonly [readonly [number, string][], RegExp])[] = [
    [[[3, "superseded"], [4, "deployed"]], /and has gone on to revision 4$/],
    [[[3, "uninstalled"]], /^Helm 3 has uninstalled the release of this name/],
    [[[1, "superseded"], [2, "superseded"]], /^Helm 3 has the revisions up to 2 .* none of them is deployed$/],
  ];
  for (const [records, title] of states) {
    await withDoctorStage(async (stage) => {
      await putThree(stage);
      for (const [revision, status] of records) await putHelm3(stage, revision, status);
      deepEqual(await stage.findings(), ["R20 warning web"]);
      match((await only(stage)).title, title);
    });
  }
});

Deno.test("R20: a release that Helm 2 deleted, or one of another namespace, is none", async () => {
  for (const sketch of [{ status: "DELETED" }, { status: "DEPLOYED", namespace: "shop", manifest: "" }] as const) {
    await withDoctorStage(async (stage) => {
      await stage.put(sketch);
      await putHelm3(stage, 1, "deployed");
      ok(!(await stage.findings()).some((line) => line.startsWith("R20")));
    });
  }
});

Deno.test("R22: a migrated release is a note, and a warning when one side has gone", async () => {
  const states: readonly (readonly [readonly [number, string][], string, RegExp, RegExp])[] = [
    [[[3, "deployed"]], "note", /^the release was migrated to Helm 3 in namespace default$/, / verify web$/],
    [[[3, "superseded"], [4, "deployed"]], "note", /which has gone on to revision 4$/, / verify web$/],
    [[[3, "uninstalled"]], "warning", /which has uninstalled it since$/, /^skeg migrate helm3 finish web/],
    [[], "warning", /which has no record of it now$/, /^skeg migrate helm3 finish web/],
    [[[2, "deployed"]], "warning", /at revision 2, and Helm 2 has gone on to revision 3$/, / back web$/],
  ];
  for (const [records, severity, title, repair] of states) {
    await withDoctorStage(async (stage) => {
      await putThree(stage);
      for (const [revision, status] of records) await putHelm3(stage, revision, status);
      await putJournal(stage);
      deepEqual(await stage.findings(), [`R22 ${severity} web`]);
      const finding = await only(stage);
      match(finding.title, title);
      match(finding.repairs[0]?.command ?? "", repair);
      equal(finding.evidence.at(-1)?.source, "ConfigMap kube-system/skeg-migration.web");
    });
  }
});

Deno.test("R22: a migration, or the way back, that was stopped says how it goes on", async () => {
  const states = [["writing", "skeg migrate helm3 web --yes"], ["going-back", "skeg migrate helm3 back web --yes"]];
  for (const [state, command] of states) {
    await withDoctorStage(async (stage) => {
      await putThree(stage);
      await putHelm3(stage, 3, "deployed");
      await putJournal(stage, state);
      deepEqual(await stage.findings(), ["R22 warning web"]);
      equal((await only(stage)).repairs[0]?.command, command);
    });
  }
});

Deno.test("examine() with a namespace of records looks nowhere else", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ status: "FAILED" }, { namespace: "team" });
    deepEqual(await stage.findings({ recordsNamespace: "kube-system" }), []);
  }));
