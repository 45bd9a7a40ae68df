/**
 * States in which a migration must stop with a sentence, and the documented faults of helm-2to3: none of them happens.
 *
 * @module
 */
import { someRelease } from "../../_lib/releases.ts";
import { plainChart } from "./_charts.ts";
import { type Lab, withTiller } from "./_lab.ts";
import { type Check, differs, failure, good, migrate, type Stories } from "./_stories.ts";

/** Returns the stories. */
export function faultStories(lab: Lab, kubeconfig: string): Stories {
  return {
    "its namespace is gone": (check) => namespaceGone(lab, check),
    "two Tillers use one name": (check) => colliding(lab, check),
    "a pending release": (check) => pending(lab, check),
    "several DEPLOYED revisions": (check) => several(lab, check),
    "a record that cannot be decoded": (check) => undecodable(lab, check),
    "another release of Helm 3 has the name": (check) => taken(lab, check),
    "all revisions, newest first, and again": (check) => newestFirst(lab, check),
    "a stop after some revisions": (check) => resumed(lab, check),
    "a fleet with one bad release": (check) => fleet(lab, check, kubeconfig),
  };
}

const config = (name: string): string =>
  `\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

async function makeNamespace(lab: Lab, name: string): Promise<void> {
  await lab.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

/** Stores a release in its own namespace, and its object. */
async function put(lab: Lab, name: string, statuses: readonly string[]): Promise<void> {
  await makeNamespace(lab, name);
  await lab.send("POST", `/api/v1/namespaces/${name}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
  });
  for (const [at, status] of statuses.entries()) {
    const release = someRelease({
      name,
      namespace: name,
      revision: at + 1,
      manifest: config(name),
      status: status as "DEPLOYED",
    });
    await lab.driver().create(release);
  }
}

/** The plan names the blocker, `--yes` is refused, and no record of Helm 3 was written. */
async function blocked(lab: Lab, check: Check, name: string, code: string, sentence: RegExp): Promise<void> {
  const plan = await lab.skeg("migrate", "helm3", name, "--output", "json");
  const blockers = JSON.parse(plan.stdout || '{"releases":[]}').releases[0]?.blockers ?? [];
  const found = blockers.find((one: { code: string }) => one.code === code);
  check("blocker", found === undefined ? `${plan.stdout.slice(0, 300)} ${plan.stderr}` : "");
  check("sentence", sentence.test(`${found?.text} ${found?.hint}`) ? "" : `${found?.text} ${found?.hint}`);
  const done = await lab.skeg("migrate", "helm3", name, "--yes", "--archive", `${lab.folder}/archives`);
  check("it is refused", done.code === 0 ? `exit status 0: ${done.stdout}` : "");
  check("the sentence is printed", sentence.test(done.stdout + done.stderr) ? "" : done.stdout + done.stderr);
  check("no record of Helm 3", differs((await secrets(lab, name)).length, 0));
}

async function secrets(lab: Lab, name: string): Promise<string[]> {
  const list = await lab.read(`/api/v1/secrets?labelSelector=owner%3Dhelm%2Cname%3D${name}`) as unknown as {
    items: { metadata: { name: string } }[];
  };
  return list.items.map(({ metadata }) => metadata.name);
}

async function namespaceGone(lab: Lab, check: Check): Promise<void> {
  const name = "homeless";
  await lab.driver().create(someRelease({ name, namespace: "no-such-namespace", manifest: config(name) }));
  await blocked(lab, check, name, "namespace-gone", /no-such-namespace/);
}

async function colliding(lab: Lab, check: Check): Promise<void> {
  const name = "twice";
  await put(lab, name, ["DEPLOYED"]);
  await makeNamespace(lab, "other-tiller");
  await lab.driver("other-tiller").create(someRelease({ name, namespace: name, manifest: config("other") }));
  await blocked(lab, check, name, "collision", /other-tiller/);
  await lab.send("DELETE", "/api/v1/namespaces/other-tiller/configmaps/twice.v1");
}

async function pending(lab: Lab, check: Check): Promise<void> {
  await put(lab, "pending", ["DEPLOYED", "PENDING_UPGRADE"]);
  await blocked(lab, check, "pending", "pending", /repair settle/);
}

async function several(lab: Lab, check: Check): Promise<void> {
  await put(lab, "several", ["DEPLOYED", "DEPLOYED"]);
  await blocked(lab, check, "several", "several-deployed", /repair dedupe/);
}

async function undecodable(lab: Lab, check: Check): Promise<void> {
  await put(lab, "damaged", ["SUPERSEDED", "DEPLOYED"]);
  await lab.send("PATCH", "/api/v1/namespaces/kube-system/configmaps/damaged.v1", { data: { release: "H4sIAAAA" } });
  await blocked(lab, check, "damaged", "undecodable", /repair (salvage|quarantine)/);
}

async function taken(lab: Lab, check: Check): Promise<void> {
  const name = "taken";
  await put(lab, name, ["DEPLOYED"]);
  const chart = lab.files("taken/chart", {
    "Chart.yaml": "apiVersion: v1\nname: other\nversion: 9.0.0\n",
    "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n",
  });
  good(await lab.helm("helm3", "install", name, chart, "-n", name));
  const done = await lab.skeg("migrate", "helm3", name, "--yes", "--archive", `${lab.folder}/archives`);
  check("it is refused", done.code === 0 ? "it was not" : "");
  const sentence = /sh\.helm\.release\.v1\.taken\.v1 exists and is another release/;
  check("sentence", sentence.test(done.stdout + done.stderr) ? "" : done.stdout + done.stderr);
  check("Helm 3's release is untouched", failure(await lab.helm("helm3", "get", "manifest", name, "-n", name)));
}

/** Revision numbers of the Secrets in the order in which the server created them. */
async function createdOrder(lab: Lab, name: string): Promise<number[]> {
  const list = await lab.read(
    `/api/v1/namespaces/${name}/secrets?labelSelector=owner%3Dhelm%2Cname%3D${name}`,
  ) as unknown as {
    items: { metadata: { name: string; resourceVersion: string } }[];
  };
  return list.items.map(({ metadata }) => metadata)
    .sort((a, b) => Number(a.resourceVersion) - Number(b.resourceVersion))
    .map(({ name }) => Number(name.split(".v").at(-1)));
}

async function newestFirst(lab: Lab, check: Check): Promise<void> {
  const name = "order";
  const statuses = Array.from({ length: 12 }, (_, at) => at === 11 ? "DEPLOYED" : "SUPERSEDED");
  await put(lab, name, statuses);
  await migrate(lab, check, name);
  const order = await createdOrder(lab, name);
  check("all twelve, newest first", differs(order, Array.from({ length: 12 }, (_, at) => 12 - at)));
  const before = await lab.read(`/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v7`);
  const again = await lab.skeg("migrate", "helm3", name, "--yes", "--archive", `${lab.folder}/archives`);
  check("again", failure(again));
  const after = await lab.read(`/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v7`);
  check("nothing was written again", differs(after?.metadata?.resourceVersion, before?.metadata?.resourceVersion));
}

async function resumed(lab: Lab, check: Check): Promise<void> {
  const name = "resumed";
  await put(lab, name, ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
  await migrate(lab, check, name);
  // The state after a stop: the newest revision is there, older ones are not.
  for (const revision of [1, 2]) {
    await lab.send("DELETE", `/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v${revision}`);
  }
  const history = JSON.parse(good(await lab.helm("helm3", "history", name, "-n", name, "-o", "json")));
  check("Helm 3 has the newest revision", differs(history.map((one: { status: string }) => one.status), ["deployed"]));
  check(
    "the same command",
    failure(await lab.skeg("migrate", "helm3", name, "--yes", "--archive", `${lab.folder}/archives`)),
  );
  check("all revisions", differs((await secrets(lab, name)).length, 3));
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("no record of Helm 2 is forgotten", differs((await lab.records(name)).length, 0));
}

async function fleet(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  const names = ["fleet-a", "fleet-b"];
  const chart = lab.files("fleet/plain", plainChart(1));
  await withTiller(lab, kubeconfig, async () => {
    for (const name of names) good(await lab.helm("helm2", "install", chart, "--name", name, "--namespace", name));
  });
  await put(lab, "fleet-c", ["DEPLOYED", "PENDING_UPGRADE"]);
  const done = await lab.skeg("migrate", "helm3", ...names, "fleet-c", "--yes", "--archive", `${lab.folder}/archives`);
  check("exit status 1: some failed", differs(done.code, 1));
  for (const name of names) {
    check(`Helm 3 has ${name}`, failure(await lab.helm("helm3", "status", name, "-n", name)));
  }
  check("no record of the pending one", differs((await secrets(lab, "fleet-c")).length, 0));
}
