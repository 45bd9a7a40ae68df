/**
 * Releases of every sort: made by a real Tiller, migrated, and used by the real Helm 3 and 4.
 *
 * @module
 */
import type { KubeObject } from "../../../engine/kube/mod.ts";
import { someRelease } from "../../_lib/releases.ts";
import { hookedChart, largeChart, plainChart, umbrellaChart } from "./_charts.ts";
import { type HelmName, type Lab, withTiller } from "./_lab.ts";
import { type Check, differs, failure, good, helm3Record, leftIn, migrate, readBy, type Stories } from "./_stories.ts";

/** Options of {@linkcode sortStories}. */
export interface SortOptions {
  readonly kubeconfig: string;
  /** Revisions of the release with many. */
  readonly revisions: number;
}

const HELMS = ["helm3", "helm4"] as const;

/** Returns the stories; each is played once for Helm 3 and once for Helm 4 as the writer. */
export function sortStories(lab: Lab, { kubeconfig, revisions }: SortOptions): Stories {
  const tiller = (work: () => Promise<void>): Promise<void> => withTiller(lab, kubeconfig, work);
  const both = (name: string, play: (check: Check, helm: HelmName, release: string) => Promise<void>): Stories =>
    Object.fromEntries(HELMS.map((helm) => [
      `${name} (${helm})`,
      (check: Check) => play(check, helm, `${name.replaceAll(" ", "-")}-${helm}`),
    ]));
  return {
    ...both("plain", (check, helm, name) => plainLife(lab, check, helm, name, tiller)),
    ...both("umbrella", (check, helm, name) => umbrellaLife(lab, check, helm, name, tiller)),
    ...both("hooks and tests", (check, helm, name) => hookedLife(lab, check, helm, name, tiller)),
    ...both("failed", (check, helm, name) => failedLife(lab, check, helm, name, tiller)),
    ...both("deleted", (check, helm, name) => deletedLife(lab, check, helm, name, tiller)),
    ...both("gone apis", (check, helm, name) => goneLife(lab, check, helm, name)),
    ...both("near the limit", (check, helm, name) => largeLife(lab, check, helm, name)),
    "many revisions (helm3)": (check) => manyLife(lab, check, "helm3", "many", revisions),
  };
}

type WithTiller = (work: () => Promise<void>) => Promise<void>;

/** Installs two revisions by the real Helm 2. */
async function byHelm2(lab: Lab, name: string, chart: string, tiller: WithTiller): Promise<void> {
  await tiller(async () => {
    good(await lab.helm("helm2", "install", chart, "--name", name, "--namespace", name, "--set", "text=one"));
    good(await lab.helm("helm2", "upgrade", name, chart, "--set", "text=two,tag=b,list={1,2}"));
  });
}

/** The rest of a release's life under Helm 3 or 4: two upgrades, a rollback to a migrated revision, and the end. */
async function live(lab: Lab, check: Check, helm: HelmName, name: string, charts: readonly string[]): Promise<void> {
  for (const chart of charts) {
    check(
      `upgrade to ${chart.split("/").at(-1)}`,
      failure(await lab.helm(helm, "upgrade", name, chart, "-n", name, "--timeout", "60s")),
    );
  }
  check("rollback to a migrated revision", failure(await lab.helm(helm, "rollback", name, "1", "-n", name)));
  const history = JSON.parse(good(await lab.helm(helm, "history", name, "-n", name, "-o", "json")));
  check("one deployed", differs(history.filter((one: { status: string }) => one.status === "deployed").length, 1));
  check("uninstall", failure(await lab.helm(helm, "uninstall", name, "-n", name)));
  check("nothing is left", differs(await leftIn(lab, name), []));
}

async function plainLife(lab: Lab, check: Check, helm: HelmName, name: string, tiller: WithTiller): Promise<void> {
  const charts = [1, 2].map((version) => lab.files(`${name}/plain-${version}`, plainChart(version as 1 | 2)));
  await byHelm2(lab, name, charts[0] ?? "", tiller);
  const uid = async () => (await lab.read(`/apis/apps/v1/namespaces/${name}/deployments/${name}`))?.metadata?.uid;
  const first = await uid();
  await migrate(lab, check, name);
  const records = await lab.records(name);
  for (const reader of HELMS) await readBy(lab, check, reader, records);
  const { chart } = await helm3Record(lab, name, name, 2);
  check("the schema is kept", typeof chart.schema === "string" ? "" : "no schema");
  check("same chart", failure(await lab.helm(helm, "upgrade", name, charts[0] ?? "", "-n", name, "--reuse-values")));
  check("the Deployment is the same object", differs(await uid(), first));
  await examined(lab, check, name, ["note", "which has gone on to revision 3"]);
  // autoscaling/v1 to v2: refused without the marks that the migration sets.
  await live(lab, check, helm, name, [charts[1] ?? ""]);
  await examined(lab, check, name, ["warning", "has no record of it now"]);
  const [command = ""] = (await findings(lab, name)).map(({ repairs }) => repairs[0]?.command);
  check("the repair", failure(await lab.skeg(...command.split(" ").slice(1), "--yes")));
  check("Helm 2's records are gone", differs((await lab.records(name)).length, 0));
}

/** A finding of `doctor`, as far as it is looked at. */
interface Found {
  readonly id: string;
  readonly severity: string;
  readonly title: string;
  readonly repairs: readonly { readonly command: string }[];
}

async function findings(lab: Lab, name: string): Promise<Found[]> {
  const { findings } = JSON.parse((await lab.skeg("doctor", name, "--output", "json")).stdout);
  return findings.filter(({ id }: Found) => id === "R22");
}

/** The finding about the migration has a severity, and a title with some words. */
async function examined(lab: Lab, check: Check, name: string, [severity, words]: readonly string[]): Promise<void> {
  const [found] = await findings(lab, name);
  const isRight = found?.severity === severity && found?.title.includes(words ?? "");
  check(`doctor: ${words}`, isRight ? "" : JSON.stringify(found ?? "no finding R22"));
}

async function umbrellaLife(lab: Lab, check: Check, helm: HelmName, name: string, tiller: WithTiller): Promise<void> {
  const charts = [1, 2].map((version) => lab.files(`${name}/umbrella-${version}`, umbrellaChart(version as 1 | 2)));
  await byHelm2(lab, name, charts[0] ?? "", tiller);
  await migrate(lab, check, name);
  const records = await lab.records(name);
  for (const reader of HELMS) await readBy(lab, check, reader, records);
  const { chart } = await helm3Record(lab, name, name, 2);
  check("same chart", failure(await lab.helm(helm, "upgrade", name, charts[0] ?? "", "-n", name, "--reuse-values")));
  const { chart: own } = await helm3Record(lab, name, name, 3);
  check("requirements as Helm records them", differs(chart.metadata.dependencies, own.metadata.dependencies));
  check("one of two subcharts, under its alias", differs(chart.metadata.dependencies?.length, 1));
  check("lock", differs(chart.lock?.dependencies?.length, 2));
  await live(lab, check, helm, name, charts);
}

async function hookedLife(lab: Lab, check: Check, helm: HelmName, name: string, tiller: WithTiller): Promise<void> {
  const charts = [1, 2].map((version) => lab.files(`${name}/hooked-${version}`, hookedChart(version as 1 | 2)));
  await byHelm2(lab, name, charts[0] ?? "", tiller);
  // With Helm 3 as the writer the tests have run before; with Helm 4 they have not.
  if (helm === "helm3") {
    await tiller(async () => check("helm2 test", failure(await lab.helm("helm2", "test", name, "--cleanup"))));
  }
  await migrate(lab, check, name);
  const records = await lab.records(name);
  for (const reader of HELMS) await readBy(lab, check, reader, records, { droppedHooks: ["sad.yaml"] });
  const { hooks } = await helm3Record(lab, name, name, 2);
  const byName = new Map(hooks.map((hook: { path: string }) => [hook.path.split("/").at(-1), hook]));
  // deno-lint-ignore no-explicit-any
  const hook = (file: string): any => byName.get(file);
  check("weights", differs([hook("first.yaml").weight, hook("second.yaml").weight], [-5, 5]));
  check("policies", differs(hook("third.yaml").delete_policies, ["before-hook-creation", "hook-failed"]));
  check("events", differs(hook("good.yaml").events, ["test"]));
  check("last run of a hook", differs(hook("first.yaml").last_run.phase, "Succeeded"));
  check("last run of a test", differs(hook("good.yaml").last_run.phase, helm === "helm3" ? "Succeeded" : ""));
  check("test", failure(await lab.helm(helm, "test", name, "-n", name, "--timeout", "60s")));
  await live(lab, check, helm, name, charts);
}

async function failedLife(lab: Lab, check: Check, helm: HelmName, name: string, tiller: WithTiller): Promise<void> {
  const [good, bad] = [plainChart(1), {
    ...plainChart(1),
    "templates/bad.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999999}]}\n",
  }];
  const chart = lab.files(`${name}/good`, good);
  await byHelm2(lab, name, chart, tiller);
  await tiller(async () => {
    const failed = await lab.helm("helm2", "upgrade", name, lab.files(`${name}/bad`, bad));
    check("the upgrade of Helm 2 fails", failed.code === 0 ? "it did not" : "");
  });
  const records = await lab.records(name);
  check("statuses", differs(records.map(({ info }) => info.status.code), ["SUPERSEDED", "DEPLOYED", "FAILED"]));
  await migrate(lab, check, name);
  for (const reader of HELMS) await readBy(lab, check, reader, records);
  await live(lab, check, helm, name, [chart, lab.files(`${name}/plain-2`, plainChart(2))]);
}

async function deletedLife(lab: Lab, check: Check, helm: HelmName, name: string, tiller: WithTiller): Promise<void> {
  const chart = lab.files(`${name}/plain`, plainChart(1));
  await byHelm2(lab, name, chart, tiller);
  await tiller(async () => void good(await lab.helm("helm2", "delete", name)));
  const plan = JSON.parse((await lab.skeg("migrate", "helm3", name, "--output", "json")).stdout || "{}");
  check("without the flag it is skipped", typeof plan.releases?.[0]?.skipped === "string" ? "" : "it is not");
  await migrate(lab, check, name, "--include-deleted");
  const records = await lab.records(name);
  for (const reader of HELMS) {
    const history = JSON.parse(good(await lab.helm(reader, "history", name, "-n", name, "-o", "json")));
    check(
      `${reader} history`,
      differs(history.map((one: { status: string }) => one.status), ["superseded", "uninstalled"]),
    );
    check(`${reader} status`, failure(await lab.helm(reader, "status", name, "-n", name)));
  }
  check("records of Helm 2", differs(records.map(({ info }) => info.status.code), ["SUPERSEDED", "DELETED"]));
  check("rollback", failure(await lab.helm(helm, "rollback", name, "1", "-n", name)));
  check("uninstall", failure(await lab.helm(helm, "uninstall", name, "-n", name)));
  check("nothing is left", differs(await leftIn(lab, name), []));
}

/** A Deployment of extensions/v1beta1 in the record, which runs as apps/v1. */
async function goneLife(lab: Lab, check: Check, helm: HelmName, name: string): Promise<void> {
  const spec = {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "example.invalid/main:a" }] },
    },
  };
  await lab.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await lab.send("POST", `/apis/apps/v1/namespaces/${name}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec,
  });
  const manifest = `\n---\n# Source: plain/templates/a.yaml\n${
    JSON.stringify({ apiVersion: "extensions/v1beta1", kind: "Deployment", metadata: { name }, spec })
  }`;
  for (const [revision, status] of [[1, "SUPERSEDED"], [2, "DEPLOYED"]] as const) {
    await lab.driver().create(someRelease({ name, namespace: name, revision, status, manifest }));
  }
  await migrate(lab, check, name);
  const records = await lab.records(name);
  check(
    "Helm 2's records are not touched",
    records.every((record) => record.manifest === manifest) ? "" : "they differ",
  );
  for (const reader of HELMS) await readBy(lab, check, reader, records, { isMapped: true });
  const uid = async () => (await lab.read(`/apis/apps/v1/namespaces/${name}/deployments/${name}`))?.metadata?.uid;
  const first = await uid();
  const chart = {
    "Chart.yaml": "apiVersion: v1\nname: plain\nversion: 2.0.0\n",
    "templates/a.yaml": JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name },
      spec: { ...spec, replicas: 2 },
    }),
  };
  check("upgrade", failure(await lab.helm(helm, "upgrade", name, lab.files(`${name}/next`, chart), "-n", name)));
  check("the Deployment is the same object", differs(await uid(), first));
  await live(lab, check, helm, name, []);
}

async function largeLife(lab: Lab, check: Check, helm: HelmName, name: string): Promise<void> {
  const chart = lab.files(`${name}/large`, largeChart(850_000));
  check("install", failure(await lab.skeg("install", chart, "--name", name, "--namespace", name)));
  const plan = await lab.skeg("migrate", "helm3", name, "--output", "json");
  const [release] = JSON.parse(plan.stdout || '{"releases":[]}').releases;
  check("too large without --slim", differs(release?.blockers?.map(({ code }: { code: string }) => code), ["size"]));
  const refused = await lab.skeg("migrate", "helm3", name, "--yes", "--archive", `${lab.folder}/archives`);
  check("it is refused", refused.code === 0 ? "it was not" : "");
  check(
    "nothing was written",
    differs(
      (await lab.read(`/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v1`)) as KubeObject | undefined,
      undefined,
    ),
  );
  await migrate(lab, check, name, "--slim");
  const records = await lab.records(name);
  for (const reader of HELMS) await readBy(lab, check, reader, records);
  const small = lab.files(`${name}/small`, { ...largeChart(10), "files/noise.txt": "x" });
  await live(lab, check, helm, name, [small]);
}

async function manyLife(lab: Lab, check: Check, helm: HelmName, name: string, revisions: number): Promise<void> {
  const chart = lab.files(`${name}/plain`, plainChart(1));
  check("install", failure(await lab.skeg("install", chart, "--name", name, "--namespace", name)));
  const [first] = await lab.records(name);
  if (first === undefined) throw new Error("no record");
  const driver = lab.driver();
  await driver.delete(`${name}.v1`);
  const info = (code: "SUPERSEDED" | "DEPLOYED") => ({ ...first.info, status: { ...first.info.status, code } });
  for (let at = 1; at <= revisions; at += 50) {
    const part = Array.from({ length: Math.min(50, revisions - at + 1) }, (_, index) => at + index);
    await Promise.all(
      part.map((revision) =>
        driver.create({ ...first, revision, info: info(revision === revisions ? "DEPLOYED" : "SUPERSEDED") })
      ),
    );
  }
  const plan = await lab.skeg("migrate", "helm3", name);
  const sentence = `its first upgrade deletes ${revisions + 1 - 10} of these`;
  check("the plan says what Helm 3 deletes", plan.stdout.includes(sentence) ? "" : plan.stdout);
  const isSlow = /150 in a minute: that takes about 6 minutes\. --max 9 migrates/.test(plan.stdout);
  check("and how long that takes", differs(isSlow, revisions === 1000));
  await migrate(lab, check, name);
  const records = await lab.records(name);
  check("records", differs(records.length, revisions));
  await readBy(lab, check, helm, records);
  // Helm deletes the old revisions one by one; by default it sends five requests a second.
  const fast = ["--qps", "500", "--burst-limit", "500"];
  check("upgrade", failure(await lab.helm(helm, "upgrade", name, chart, "-n", name, ...fast)));
  const history = JSON.parse(good(await lab.helm(helm, "history", name, "-n", name, "--max", "5000", "-o", "json")));
  check("Helm keeps ten", differs(history.length, 10));
  check("uninstall", failure(await lab.helm(helm, "uninstall", name, "-n", name)));
}
