/** Charts and records that name API versions which no current server has: hooks, lists, dry runs, kinds without a successor. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { getRelease, install, rollback, status, uninstall, upgrade } from "../../engine/release/mod.ts";
import type { Chart, KubeObject } from "../../engine/model/mod.ts";
import { type Stage, story } from "./_cluster.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

function chartOf(templates: Readonly<Record<string, string>>): Chart {
  return chartFromFiles({
    "Chart.yaml": "name: site\nversion: 0.1.0\n",
    ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}`, text])),
  });
}

function role(name: string, more = ""): string {
  return `kind: Role
apiVersion: rbac.authorization.k8s.io/v1beta1
metadata:
  name: ${name}
  labels: {turn: "{{ .Values.turn | default 1 }}"}
${more}rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`;
}

function hook(events: string, policy: string): string {
  return `  annotations: {helm.sh/hook: "${events}", helm.sh/hook-delete-policy: "${policy}"}\n`;
}

const HOOKED = chartOf({
  "role.yaml": role("own"),
  "before.yaml": role("before", hook("pre-install,pre-upgrade,pre-rollback,pre-delete", "before-hook-creation")),
  "after.yaml": role("after", hook("post-install,post-upgrade,post-rollback,post-delete", "hook-succeeded")),
});

async function roles({ read, namespace }: Stage): Promise<string[]> {
  const list = await read(`${RBAC}/namespaces/${namespace}/roles`) as { items: KubeObject[] };
  return list.items.map(({ metadata }) => metadata?.name ?? "").sort();
}

story(
  "hooks of removed API versions: refused where rendered, mapped where asked for, found where recorded",
  async (stage) => {
    const { env, namespace } = stage;
    const onlyHooks = chartOf({ "before.yaml": role("before", hook("pre-install", "before-hook-creation")) });
    await rejects(install(env, { name: "web", namespace, chart: onlyHooks }), (error: Error & { details?: string }) => {
      match(error.message, /^validation failed: unable to recognize "": no matches for kind "Role" in version/);
      match(
        error.details ?? "",
        /Role "before" \(site\/templates\/before\.yaml\).*rbac\.authorization\.k8s\.io\/v1 is/,
      );
      return true;
    });
    await rejects(getRelease(env, { name: "web" }), { kind: "not-found" });

    await install(env, { name: "web", namespace, chart: HOOKED, removedApis: "map" });
    deepEqual(await roles(stage), ["before", "own"]);
    const { hooks, manifest } = await getRelease(env, { name: "web" });
    // The record holds the manifests that were sent, hooks of other events included.
    for (const text of [manifest, ...hooks.map((one) => one.manifest)]) {
      match(
        text,
        /rbac\.authorization\.k8s\.io\/v1\n/,
      );
    }

    await upgrade(env, { name: "web", chart: HOOKED, removedApis: "map", config: "turn: 2\n" });
    await rollback(env, { name: "web", revision: 1 });
    deepEqual(await roles(stage), ["before", "own"]);
    await uninstall(env, { name: "web", purge: true });
    deepEqual(await roles(stage), ["before"]); // with that delete policy a hook's object stays, as in Helm
  },
);

/** Changes the manifest in the newest record to an old text, as Tiller would have stored it. */
async function age({ env, driver }: Stage, name: string, edit: (text: string) => string): Promise<void> {
  const release = await getRelease(env, { name });
  await driver.update({
    ...release,
    manifest: edit(release.manifest),
    hooks: release.hooks.map((one) => ({ ...one, manifest: edit(one.manifest) })),
  });
}

const older = (text: string): string =>
  text.replaceAll("rbac.authorization.k8s.io/v1\n", "rbac.authorization.k8s.io/v1beta1\n");

story("recorded hooks and objects of removed API versions are found by every operation", async (stage) => {
  const { env, namespace, read } = stage;
  await install(env, { name: "web", namespace, chart: HOOKED, removedApis: "map" });
  await age(stage, "web", older);
  ok((await getRelease(env, { name: "web" })).manifest.includes("v1beta1"));
  match((await status(env, { name: "web" })).info.status.resources, /own/);
  const uid = (await read(`${RBAC}/namespaces/${namespace}/roles/own`))?.metadata?.uid;
  await rollback(env, { name: "web", revision: 1 });
  await upgrade(env, { name: "web", chart: HOOKED, removedApis: "map", config: "turn: 2\n" });
  const { metadata } = await read(`${RBAC}/namespaces/${namespace}/roles/own`) ?? {};
  deepEqual([metadata?.uid, metadata?.labels?.turn], [uid, "2"]);
  await age(stage, "web", older);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await roles(stage), ["before"]);
});

const POLICY = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: gone}\nspec: {}\n";

story(
  "what Kubernetes no longer has is refused, left out when that is asked for, and passed over in records",
  async (stage) => {
    const { env, namespace, events } = stage;
    const chart = chartOf({ "role.yaml": role("own"), "policy.yaml": POLICY });
    await rejects(
      install(env, { name: "web", namespace, chart, removedApis: "map" }),
      (error: Error & { details?: string }) => {
        match(error.message, /PodSecurityPolicy "gone" cannot be created: Kubernetes has no such API since 1\.25/);
        match(error.details ?? "", /--skip-removed/);
        return true;
      },
    );
    await install(env, { name: "web", namespace, chart, removedApis: "map", skipRemoved: true });
    equal((await getRelease(env, { name: "web" })).manifest.includes("PodSecurityPolicy"), false);
    await age(stage, "web", (text) => `${text}\n---\n# Source: site/templates/policy.yaml\n${POLICY}`);
    await status(env, { name: "web" });
    await rollback(env, { name: "web", revision: 1 });
    await age(stage, "web", (text) => `${text}\n---\n# Source: site/templates/policy.yaml\n${POLICY}`);
    await uninstall(env, { name: "web", purge: true });
    deepEqual(await roles(stage), []);
    ok(events.some((event) => event.type === "note" && event.text.includes('PodSecurityPolicy "gone"')));
  },
);

story("a list is mapped item by item, and a dry run shows what would be sent", async (stage) => {
  const { env, namespace, read } = stage;
  const items = ["one", "two"].map((name) =>
    `- {apiVersion: rbac.authorization.k8s.io/v1beta1, kind: Role, metadata: {name: ${name}}, rules: []}\n`
  );
  const chart = chartOf({ "list.yaml": `apiVersion: v1\nkind: List\nitems:\n${items.join("")}` });
  const { release } = await install(env, { name: "web", namespace, chart, removedApis: "map", dryRun: true });
  // If only the version changes, the rest of the document stays unchanged.
  match(
    release.manifest,
    /\n- \{apiVersion: rbac\.authorization\.k8s\.io\/v1, kind: Role, metadata: \{name: one\}, rules: \[\]\}\n/,
  );
  await install(env, { name: "web", namespace, chart, removedApis: "map" });
  deepEqual(await roles(stage), ["one", "two"]);
  await age(
    stage,
    "web",
    (text) => text.replaceAll("k8s.io/v1,", "k8s.io/v1alpha1,"),
  );
  await upgrade(env, { name: "web", chart: chartOf({ "role.yaml": role("two") }), removedApis: "map" });
  deepEqual(await roles(stage), ["two"]);
  ok(await read(`${RBAC}/namespaces/${namespace}/roles/two`));
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await roles(stage), []);
});
