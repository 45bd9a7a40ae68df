/**
 * Tiller's Deployment, service account and bindings after the last release was migrated: `finish` names them, removes none, and
 * its command lines do.
 *
 * @module
 */
import { someRelease } from "../../_lib/releases.ts";
import { until } from "../../_lib/processes.ts";
import { runProgram } from "../../e2e/_programs.ts";
import type { Lab } from "./_lab.ts";
import { configManifest, makeNamespace } from "./_put.ts";
import { type Check, differs, failure, good, type Stories } from "./_stories.ts";

/** Returns the stories. */
export function accountStories(lab: Lab, kubeconfig: string): Stories {
  return { "2to3 leaves Tiller's account and bindings": (check) => account(lab, check, kubeconfig) };
}

const HOME = "tiller-home", RELEASE = "account";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const DEPLOYMENT = `/apis/apps/v1/namespaces/${HOME}/deployments/tiller-deploy`;

/** Paths of what belongs to the Tiller alone, and of what other subjects need, too. */
const OWN = [
  DEPLOYMENT,
  `/api/v1/namespaces/${HOME}/services/tiller-deploy`,
  `${RBAC}/clusterrolebindings/lab-tiller`,
  `${RBAC}/namespaces/${RELEASE}/rolebindings/tiller-binding`,
  `${RBAC}/namespaces/${RELEASE}/roles/tiller-manager`,
  `/api/v1/namespaces/${HOME}/serviceaccounts/tiller`,
];
const SHARED = `${RBAC}/clusterrolebindings/lab-shared`;

async function account(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  await tillerWithRights(lab);
  await lab.driver(HOME).create(
    someRelease({ name: RELEASE, namespace: RELEASE, manifest: configManifest(RELEASE) }),
  );
  const home = ["--tiller-namespace", HOME];
  const archive = ["--archive", `${lab.folder}/archives`];
  check("migrate", failure(await lab.skeg("migrate", "helm3", RELEASE, "--yes", ...archive, ...home)));
  const preview = await lab.skeg("migrate", "helm3", "finish", RELEASE, ...home);
  check(
    "the preview names them",
    /would be left[^]*ClusterRoleBinding "lab-tiller"/.test(preview.stdout) ? "" : preview.stdout,
  );
  const done = await lab.skeg("migrate", "helm3", "finish", RELEASE, "--yes", ...home);
  check("finish", failure(done));
  for (
    const line of [
      /^ {2}Deployment "tiller-deploy" in namespace "tiller-home"$/m,
      /^ {2}ServiceAccount "tiller" in namespace "tiller-home": no other pod uses it$/m,
      /^ {2}ClusterRoleBinding "lab-tiller": binds ClusterRole cluster-admin$/m,
      /^ {2}RoleBinding "tiller-binding" in namespace "account": binds Role tiller-manager$/m,
      /^ {2}ClusterRoleBinding "lab-shared": binds ClusterRole view, and for other subjects, too$/m,
      /^Look at ClusterRoleBinding "lab-shared" yourself/m,
    ]
  ) check(`finish prints ${line.source}`, line.test(done.stdout) ? "" : done.stdout);
  check("nothing is removed", differs(await gone(lab, [...OWN, SHARED]), []));

  const commands = done.stdout.split("\n").map((line) => line.trim()).filter((line) => /^(skeg|kubectl) /.test(line));
  check("command lines", differs(commands.length, 5));
  for (const command of commands) {
    const [program, ...words] = command.split(" ");
    const env = { KUBECONFIG: kubeconfig, HOME: lab.folder };
    const run = program === "skeg" ? lab.skeg(...words) : runProgram(lab.path("kubectl"), words, { env });
    check(command, failure(await run));
  }
  check("all of it is removed", differs(await gone(lab, OWN), OWN));
  check("what others need is there", differs(await gone(lab, [SHARED]), []));
}

/** Installs a Tiller by the real `helm init`, scaled to no pods, with an account and three bindings. */
async function tillerWithRights(lab: Lab): Promise<void> {
  for (const name of [HOME, RELEASE]) await makeNamespace(lab, name);
  const object = (path: string, kind: string, name: string, more: object = {}): Promise<number> =>
    lab.send("POST", path, {
      apiVersion: path.startsWith(RBAC) ? "rbac.authorization.k8s.io/v1" : "v1",
      kind,
      metadata: { name },
      ...more,
    });
  const subject = { kind: "ServiceAccount", name: "tiller", namespace: HOME };
  const role = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  await object(`/api/v1/namespaces/${HOME}/serviceaccounts`, "ServiceAccount", "tiller");
  await object(`${RBAC}/clusterrolebindings`, "ClusterRoleBinding", "lab-tiller", {
    roleRef: role("ClusterRole", "cluster-admin"),
    subjects: [subject],
  });
  await object(`${RBAC}/clusterrolebindings`, "ClusterRoleBinding", "lab-shared", {
    roleRef: role("ClusterRole", "view"),
    subjects: [subject, { ...subject, name: "other" }],
  });
  await object(`${RBAC}/namespaces/${RELEASE}/roles`, "Role", "tiller-manager", {
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["*"] }],
  });
  await object(`${RBAC}/namespaces/${RELEASE}/rolebindings`, "RoleBinding", "tiller-binding", {
    roleRef: role("Role", "tiller-manager"),
    subjects: [subject],
  });
  good(
    await lab.helm(
      "helm2",
      ...["init", "--tiller-namespace", HOME, "--service-account", "tiller", "--skip-refresh"],
      ...["--stable-repo-url", "http://127.0.0.1:1/"],
    ),
  );
  await lab.send("PATCH", DEPLOYMENT, { spec: { replicas: 0 } });
  const pods = `/api/v1/namespaces/${HOME}/pods`;
  await until(
    async () => ((await lab.read(pods)) as { items?: unknown[] } | undefined)?.items?.length === 0,
    () => "a pod of Tiller stays",
  );
}

/** Returns the paths that have no object. */
async function gone(lab: Lab, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => await lab.read(path) === undefined ? [path] : []));
  return found.flat();
}
