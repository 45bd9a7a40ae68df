/**
 * The documented faults of helm-2to3: none of them happens. Each story is named after one.
 *
 * Those by which a release is held back are in `_held.ts`; SQL is in `_sql.ts`, Tiller's account in `_account.ts`. What converted
 * records lack (requirements, lock, schema, last runs) is also compared field by field in `_sorts.ts`.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { Hook } from "../../../engine/model/mod.ts";
import { secretDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../_lib/object_call.ts";
import { someRelease } from "../../_lib/releases.ts";
import { hookedChart, plainChart } from "./_charts.ts";
import { type Lab, withTiller } from "./_lab.ts";
import { configManifest, listed, makeNamespace, put, refusing, secretsOf } from "./_put.ts";
import { type Check, differs, failure, good, helm3Record, migrate, type Stories } from "./_stories.ts";

/** Returns the stories. */
export function faultStories(lab: Lab, kubeconfig: string): Stories {
  return {
    "2to3 finds no storage without a Tiller's pod": (check) => storageWithoutTiller(lab, check),
    "2to3 writes the oldest revision first": (check) => newestFirst(lab, check),
    "2to3 leaves an old revision as the newest when it is stopped": (check) => stopped(lab, check),
    "2to3 takes ten revisions and leaves the older records": (check) => olderRecords(lab, check),
    "2to3 drops requirements, lock, schema and the state of hooks": (check) => dropped(lab, check),
    "2to3 writes events that Helm 3 does not have": (check) => events(lab, check),
    "2to3 leaves live objects without marks": (check) => marks(lab, check, kubeconfig),
    "2to3 cleanup removes records that were not migrated": (check) => fleet(lab, check, kubeconfig),
    "2to3 cleanup hides errors of a deletion": (check) => hiddenError(lab, check),
  };
}

const archives = (lab: Lab): readonly string[] => ["--archive", `${lab.folder}/archives`];

/** Records in Secrets, and no Tiller anywhere: neither is guessed wrong, and neither needs a pod. */
async function storageWithoutTiller(lab: Lab, check: Check): Promise<void> {
  const name = "podless";
  await makeNamespace(lab, name);
  const secrets = secretDriver(objectCallOf(lab.cluster.transport), "kube-system");
  await secrets.create(someRelease({ name, namespace: name, manifest: configManifest(name) }));
  const other = await lab.skeg("migrate", "helm3", name);
  check("it says where the records are", /--storage secret/.test(other.stderr) ? "" : other.stderr);
  check("without --storage it fails", other.code === 0 ? other.stdout : "");
  check("with it", failure(await lab.skeg("migrate", "helm3", name, "--storage", "secret", "--yes", ...archives(lab))));
  check("Helm 3 has it", failure(await lab.helm("helm3", "status", name, "-n", name)));
  for (const command of ["verify", "finish", "back"]) {
    const wrong = await lab.skeg("migrate", "helm3", command, name, ...command === "verify" ? [] : ["--yes"]);
    const isRefused = wrong.code !== 0 && /is about Secrets.*Use --storage secret/s.test(wrong.stderr);
    check(`${command} without --storage`, isRefused ? "" : `${wrong.code} ${wrong.stderr}`);
  }
  check(
    "back",
    failure(await lab.skeg("migrate", "helm3", "back", name, "--storage", "secret", "--yes", ...archives(lab))),
  );
  check("Helm 2's record is there", differs((await secrets.query({ name })).length, 1));
}

/** Revision numbers of the Secrets in the order in which the server created them. */
async function createdOrder(lab: Lab, name: string): Promise<number[]> {
  const found = await listed(lab, `/api/v1/namespaces/${name}/secrets`, `owner=helm,name=${name}`);
  return found.map(({ metadata }) => metadata)
    .sort((a, b) => Number(a.resourceVersion) - Number(b.resourceVersion))
    .map(({ name }) => Number(name.split(".v").at(-1)));
}

async function newestFirst(lab: Lab, check: Check): Promise<void> {
  const name = "order";
  await put(lab, name, Array.from({ length: 12 }, (_, at) => at === 11 ? "DEPLOYED" : "SUPERSEDED"));
  await migrate(lab, check, name);
  const order = await createdOrder(lab, name);
  check("all twelve, newest first", differs(order, Array.from({ length: 12 }, (_, at) => 12 - at)));
  const version = async (): Promise<string | undefined> =>
    (await lab.read(`/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v7`))?.metadata?.resourceVersion;
  const before = await version();
  check("again", failure(await lab.skeg("migrate", "helm3", name, "--yes", ...archives(lab))));
  check("nothing was written again", differs(await version(), before));
}

/** The server refuses revision 2: Helm 3 has the newest one by then. The same command goes on, and no record is forgotten. */
async function stopped(lab: Lab, check: Check): Promise<void> {
  const name = "stopped";
  await put(lab, name, ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
  const refused = `sh.helm.release.v1.${name}.v2`;
  await refusing(lab, { operation: "CREATE", resource: "secrets", namespace: name, name: refused }, async () => {
    const done = await lab.skeg("migrate", "helm3", name, "--yes", ...archives(lab));
    check("it is stopped", done.code === 0 ? done.stdout : "");
    const sentence = /^Error: write: .*the lab refuses it/m;
    check("the step is named", sentence.test(done.stderr) ? "" : done.stderr);
    check("it says how to go on", /same command again/.test(done.stderr) ? "" : done.stderr);
  });
  const history = JSON.parse(good(await lab.helm("helm3", "history", name, "-n", name, "-o", "json")));
  check(
    "Helm 3 has the newest revision alone",
    differs(history.map((one: { revision: number; status: string }) => `${one.revision} ${one.status}`), [
      "3 deployed",
    ]),
  );
  const early = await lab.skeg("migrate", "helm3", "finish", name, "--yes");
  check("finish is refused before", early.code === 0 ? early.stdout : "");
  check("the same command goes on", failure(await lab.skeg("migrate", "helm3", name, "--yes", ...archives(lab))));
  check("all revisions", differs((await secretsOf(lab, name)).length, 3));
  check("verify", failure(await lab.skeg("migrate", "helm3", "verify", name)));
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("no record of Helm 2 is forgotten", differs((await lab.records(name)).length, 0));
}

async function olderRecords(lab: Lab, check: Check): Promise<void> {
  const name = "older";
  await put(lab, name, Array.from({ length: 12 }, (_, at) => at === 11 ? "DEPLOYED" : "SUPERSEDED"));
  await migrate(lab, check, name, "--max", "3");
  check("three records of Helm 3", differs((await secretsOf(lab, name)).length, 3));
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("no record of Helm 2 stays behind", differs((await lab.records(name)).length, 0));
  const back = await lab.skeg("migrate", "helm3", "back", name, "--yes", ...archives(lab));
  check("back", failure(back));
  check("the archive had all of them", differs((await lab.records(name)).length, 12));
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A release with all that a record of Helm 3 has a place for, and a delete timeout, for which it has none. */
async function dropped(lab: Lab, check: Check): Promise<void> {
  const name = "dropped";
  const hook: Hook = {
    name: "job",
    kind: "ConfigMap",
    path: "site/templates/job.yaml",
    manifest: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: job}\n",
    events: ["pre-upgrade"],
    weight: 3,
    deletePolicies: ["hook-succeeded"],
    deleteTimeoutSeconds: 120,
    lastRun: { seconds: 1_000_100, nanos: 0 },
  };
  const entry = { name: "db", version: "1.0.0", repository: "https://charts.example" };
  const subchart = { metadata: { name: "db", version: "1.0.0" }, templates: [], dependencies: [], files: [] };
  await put(lab, name, ["DEPLOYED"], {
    hooks: [hook],
    chart: {
      metadata: { name: "site", version: "0.1.0" },
      templates: [],
      dependencies: [subchart],
      files: [
        { path: "requirements.yaml", data: bytes(JSON.stringify({ dependencies: [entry] })) },
        {
          path: "requirements.lock",
          data: bytes(
            JSON.stringify({ dependencies: [entry], digest: "sha256:00", generated: "2019-12-01T10:11:12Z" }),
          ),
        },
        { path: "values.schema.json", data: bytes('{"type":"object"}') },
      ],
    },
  });
  const plan = await lab.skeg("migrate", "helm3", name);
  check(
    "the plan names the delete timeout",
    /hook ConfigMap "job" loses its delete timeout of 120 seconds/.test(plan.stdout) ? "" : plan.stdout,
  );
  await migrate(lab, check, name);
  const { chart, hooks } = await helm3Record(lab, name, name, 1);
  check("requirements", differs(chart.metadata.dependencies?.map((one: { name: string }) => one.name), ["db"]));
  check("lock", differs(chart.lock?.digest, "sha256:00"));
  check("schema", differs(atob(chart.schema ?? ""), '{"type":"object"}'));
  check("last run", differs(hooks[0]?.last_run?.completed_at, "1970-01-12T13:48:20Z"));
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("back", failure(await lab.skeg("migrate", "helm3", "back", name, "--yes", ...archives(lab))));
  const [record] = await lab.records(name);
  check("the delete timeout comes back", differs(record?.hooks[0]?.deleteTimeoutSeconds, 120));
}

/** `helm test` of Helm 3 passes, and no hook that Helm 3 never runs is in its record. */
async function events(lab: Lab, check: Check): Promise<void> {
  const name = "events";
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.events.lab, annotations: {helm.sh/hook: crd-install}}
spec:
  group: events.lab
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`;
  const chart = lab.files(`${name}/hooked`, { ...hookedChart(1), "templates/crd.yaml": crd });
  // Not by Tiller: it waits for CRDs of apiextensions.k8s.io/v1beta1 alone.
  good(await lab.skeg("install", chart, "--name", name, "--namespace", name));
  const plan = await lab.skeg("migrate", "helm3", name);
  const sentence = /hook CustomResourceDefinition "things\.events\.lab" of crd-install is left out/;
  check("the plan names the hook", sentence.test(plan.stdout) ? "" : plan.stdout);
  await migrate(lab, check, name);
  const { hooks } = await helm3Record(lab, name, name, 1);
  const found = new Set(hooks.flatMap((hook: { events: string[] }) => hook.events));
  check(
    "no event that Helm 3 does not have",
    differs([found.has("crd-install"), found.has("test-failure")], [
      false,
      false,
    ]),
  );
  check("helm3 test", failure(await lab.helm("helm3", "test", name, "-n", name, "--timeout", "60s")));
  const live = await lab.read("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.events.lab");
  check("the CRD stays", live === undefined ? "it is gone" : "");
}

/** autoscaling/v1 to v2 is refused without the marks. */
async function marks(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  const [one, two] = [1, 2].map((version) => lab.files(`marks/plain-${version}`, plainChart(version as 1 | 2)));
  const names = ["marks", "marks-bare"] as const;
  await withTiller(lab, kubeconfig, async () => {
    for (const name of names) {
      good(await lab.helm("helm2", "install", one ?? "", "--name", name, "--namespace", name));
    }
  });
  await migrate(lab, check, names[0]);
  await lab.skeg("migrate", "helm3", names[1], "--no-adopt", "--yes", ...archives(lab));
  const plan = await lab.skeg("migrate", "helm3", names[1], "--no-adopt");
  check("--no-adopt is told", /3 live objects lack Helm 3's marks/.test(plan.stdout) ? "" : plan.stdout);
  const upgrade = (name: string) => lab.helm("helm3", "upgrade", name, two ?? "", "-n", name);
  check("an upgrade to autoscaling/v2", failure(await upgrade(names[0])));
  const refused = await upgrade(names[1]);
  const isRefused = refused.code !== 0 && /invalid ownership metadata/.test(refused.stderr);
  check("the same without marks", isRefused ? "" : `${refused.code} ${refused.stderr}`);
}

/** Releases that are held back keep their records, and so does `$HELM_HOME` its files. */
async function fleet(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  const names = ["fleet-a", "fleet-b"];
  const chart = lab.files("fleet/plain", plainChart(1));
  await withTiller(lab, kubeconfig, async () => {
    for (const name of names) good(await lab.helm("helm2", "install", chart, "--name", name, "--namespace", name));
  });
  await put(lab, "fleet-c", ["DEPLOYED", "PENDING_UPGRADE"]);
  const home = `${lab.folder}/.helm`;
  mkdirSync(home, { recursive: true });
  writeFileSync(`${home}/starter`, "kept");
  const before = readdirSync(home).toSorted();
  const done = await lab.skeg("migrate", "helm3", ...names, "fleet-c", "--yes", ...archives(lab));
  check("exit status 1: some failed", differs(done.code, 1));
  for (const name of names) {
    check(`Helm 3 has ${name}`, failure(await lab.helm("helm3", "status", name, "-n", name)));
  }
  check("no record of the pending one", differs((await secretsOf(lab, "fleet-c")).length, 0));
  const nameless = await lab.skeg("migrate", "helm3", "finish", "--yes");
  check("finish without names is refused", nameless.code === 0 ? nameless.stdout : "");
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", ...names, "--yes")));
  for (const name of names) check(`records of ${name}`, differs((await lab.records(name)).length, 0));
  check("records of the pending one", differs((await lab.records("fleet-c")).length, 2));
  check("$HELM_HOME", differs(readdirSync(home).toSorted(), before));
  check("its files", existsSync(`${home}/starter`) ? "" : "a file is gone");
}

/** The server refuses to delete one record: that is an error, and the next run removes the rest. */
async function hiddenError(lab: Lab, check: Check): Promise<void> {
  const name = "stuck";
  await put(lab, name, ["SUPERSEDED", "DEPLOYED"]);
  await migrate(lab, check, name);
  const where = { resource: "configmaps", namespace: "kube-system", name: `${name}.v2` };
  await refusing(lab, { operation: "DELETE", ...where }, async () => {
    const done = await lab.skeg("migrate", "helm3", "finish", name, "--yes");
    check("it fails", done.code === 0 ? done.stdout : "");
    check("the error is shown", /^Error: remove: .*the lab refuses it/m.test(done.stderr) ? "" : done.stderr);
    check("the newest record is there", differs((await lab.records(name)).map(({ revision }) => revision), [2]));
  });
  check("the same command goes on", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("no record is left", differs((await lab.records(name)).length, 0));
}
