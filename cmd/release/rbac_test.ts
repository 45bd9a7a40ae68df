/** Tests of `rbac` and its subcommands. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { parseJson } from "../../engine/kube/mod.ts";
import { subjectNamed } from "../_lib/rbac.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
  "web/values.yaml": "text: a\n",
  "web/templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {text: {{ .Values.text }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-more}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: {{ .Release.Name }}}
rules: [{apiGroups: [""], resources: [nodes], verbs: [list]}]
`,
};

/** Runs `work` with a chart `web` and a new sandbox. */
async function withChart(work: (run: (...argv: string[]) => Promise<Outcome>) => Promise<void>): Promise<void> {
  await inFolder(FILES, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.sqlite")}`;
    const chart = join(folder, "web");
    await work((...argv) =>
      program([...argv.map((word) => word === "CHART" ? chart : word), sandbox], {
        own: true,
        variables: { HOME: folder },
      })
    );
  });
}

Deno.test("rbac install prints a ClusterRole, a Role for each namespace, and with --for their bindings", async () => {
  await withChart(async (run) => {
    const { code, stdout } = await run("rbac", "install", "CHART", "--name", "web", "--namespace", "shop");
    equal(code, 0);
    equal(
      stdout,
      `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: skeg-web-install
rules:
- apiGroups:
  - rbac.authorization.k8s.io
  resources:
  - clusterroles
  verbs:
  - create
- apiGroups:
  - ""
  resources:
  - nodes
  verbs:
  - list
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: skeg-web-install
  namespace: kube-system
rules:
- apiGroups:
  - ""
  resources:
  - configmaps
  verbs:
  - list
  - create
  - update
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: skeg-web-install
  namespace: shop
rules:
- apiGroups:
  - ""
  resourceNames:
  - shop
  resources:
  - namespaces
  verbs:
  - get
- apiGroups:
  - ""
  resources:
  - configmaps
  verbs:
  - create
`,
    );
    const bound = await run(
      ...["rbac", "install", "CHART", "--name", "web", "--for", "system:serviceaccount:ci:deployer", "-o", "json"],
      ...["--role-name", "ci"],
    );
    const { kind, items } = parseJson(bound.stdout) as { kind: string; items: Record<string, unknown>[] };
    equal(kind, "List");
    deepEqual(items.map((item) => item.kind), [
      "ClusterRole",
      "Role",
      "Role",
      "ClusterRoleBinding",
      "RoleBinding",
      "RoleBinding",
    ]);
    deepEqual(items[3]?.subjects, [{ kind: "ServiceAccount", name: "deployer", namespace: "ci" }]);
    deepEqual(items[3]?.roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "ci" });
  });
});

Deno.test("rbac upgrade, rollback, delete and test print what the release as it is needs", async () => {
  await withChart(async (run) => {
    equal((await run("install", "CHART", "--name", "web", "--namespace", "shop")).code, 0);
    const rules = async (...argv: string[]): Promise<string[]> => {
      const { stdout, stderr } = await run("rbac", ...argv, "-o", "json");
      equal(stderr, "");
      const { items } = parseJson(stdout) as { items: { metadata: { namespace?: string }; rules: Rule[] }[] };
      return items.flatMap(({ metadata, rules }) =>
        rules.map(({ resources, resourceNames = [], verbs }) =>
          `${metadata.namespace ?? "*"}: ${verbs} ${resources} ${resourceNames}`.trim()
        )
      );
    };
    deepEqual(await rules("upgrade", "web", "CHART", "--set", "text=b"), [
      "*: get clusterroles web",
      "kube-system: get,list,create,update configmaps",
      "shop: get,patch configmaps web",
      "shop: get configmaps web-more",
    ]);
    equal((await run("upgrade", "web", "CHART", "--set", "text=b")).code, 0);
    deepEqual((await rules("rollback", "web", "1")).filter((line) => line.startsWith("shop")), [
      "shop: get,patch configmaps web",
      "shop: get configmaps web-more",
    ]);
    deepEqual(await rules("delete", "web"), [
      "*: delete clusterroles web",
      "kube-system: list,update configmaps",
      "shop: delete configmaps web,web-more",
    ]);
    deepEqual(await rules("test", "web"), ["kube-system: get,list,update configmaps"]);
    deepEqual(await rules("--records"), ["kube-system: get,list,create,update,delete configmaps"]);
    deepEqual(await rules("--records", "--storage", "secret", "--tiller-namespace", "t"), [
      "t: get,list,create,update,delete secrets",
    ]);
    deepEqual((await rules("web")).filter((line) => line.startsWith("shop")), [
      "shop: get namespaces shop",
      "shop: get,patch,delete configmaps web,web-more",
      "shop: create configmaps",
    ]);
  });
});

interface Rule {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

Deno.test("rbac --check asks the server, and says how many rights it asked for", async () => {
  await withChart(async (run) => {
    const checked = await run("rbac", "install", "CHART", "--name", "web", "--check");
    equal(checked.stdout, "this user has all 7 rights\n");
    const { stdout } = await run("rbac", "--records", "--check", "-o", "json");
    deepEqual(parseJson(stdout), {
      apiVersion: "skeg.dev/v1",
      kind: "Rights",
      allowed: true,
      asked: 5,
      missing: [],
      roles: [],
    });
  });
});

Deno.test("rbac needs a release, or --records without one", async () => {
  await withChart(async (run) => {
    match((await run("rbac")).stderr, /needs 1 argument: release name/);
    equal((await run("rbac", "web", "--records")).code, 1);
    match((await run("rbac", "web")).stderr, /release: "web" not found/);
    match((await run("rbac", "--records", "--for", "system:serviceaccount:ci")).stderr, /invalid service account/);
  });
});

Deno.test("subjectNamed() tells users, groups and service accounts", () => {
  deepEqual(subjectNamed("ann"), { kind: "User", name: "ann" });
  deepEqual(subjectNamed("group:ops"), { kind: "Group", name: "ops" });
  const account = { kind: "ServiceAccount", name: "deployer", namespace: "ci" };
  deepEqual(subjectNamed("system:serviceaccount:ci:deployer"), account);
  deepEqual(subjectNamed("serviceaccount:ci:deployer"), account);
});
