/**
 * `rbac` on a real API server, which is the only one that grants and refuses: the roles after a failure are enough for what
 * follows, and `--check --for` says what another user lacks.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeDocument, openCluster, parseJson } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { type Ran, runProgram } from "./_programs.ts";
import { good } from "./_served.ts";

const KUBECONFIG = Deno.env.get("SKEG_E2E_KUBECONFIG");
const MAIN = new URL("../../main.ts", import.meta.url).href;

/** A chart of ConfigMaps; with `bad`, of a Service that the server refuses, too. */
function makeChart(folder: string, names: readonly string[], isBad = false): string {
  const at = join(folder, `chart-${names.join("-")}`);
  mkdirSync(join(at, "templates"), { recursive: true });
  writeFileSync(join(at, "Chart.yaml"), "{name: site, version: 0.1.0}\n");
  for (const name of names) {
    writeFileSync(
      join(at, "templates", `${name}.yaml`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {chart: "${names}"}\n`,
    );
  }
  const bad = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";
  if (isBad) writeFileSync(join(at, "templates", "z.yaml"), bad);
  return at;
}

/** Waits until a run has this exit status: the server's authorizer learns of new roles a moment later. */
async function until(code: number, run: () => Promise<Ran>): Promise<Ran> {
  for (let tries = 0;; tries++) {
    const ran = await run();
    if (ran.code === code || tries > 10) return ran;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A namespace for objects, one for records, and skeg as the administrator and as other users. */
async function withUsers(
  play: (stage: {
    readonly folder: string;
    readonly namespace: string;
    readonly admin: (...args: string[]) => Promise<Ran>;
    readonly as: (user: string) => (...args: string[]) => Promise<Ran>;
    readonly send: (method: "POST" | "DELETE", path: string, body?: unknown) => Promise<number>;
  }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-rbac-"));
  const cluster = await openCluster({ kubeconfig: KUBECONFIG ?? "" });
  const call = objectCallOf(cluster.transport);
  const namespace = `rbac-${crypto.randomUUID().slice(0, 8)}`;
  const spaces = [namespace, `${namespace}-records`];
  const run = (kubeconfig: string) => (...args: string[]): Promise<Ran> =>
    runProgram(Deno.execPath(), ["run", "-A", "--no-check", MAIN, ...args, "--tiller-namespace", spaces[1] ?? ""], {
      env: { KUBECONFIG: kubeconfig, HOME: folder, HELM_HOME: join(folder, "helm") },
    });
  const as = (user: string) => {
    const config = decodeDocument(readFileSync(KUBECONFIG ?? "", "utf8")) as { users: { user: object }[] };
    const users = config.users.map((entry) => ({ ...entry, user: { ...entry.user, as: user } }));
    const file = join(folder, user.replaceAll(":", "-"));
    writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
    return run(file);
  };
  const send = async (method: "POST" | "DELETE", path: string, body?: unknown) =>
    (await call(method, path, body)).status;
  try {
    for (const name of spaces) {
      await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    await play({ folder, namespace, admin: run(KUBECONFIG ?? ""), as, send });
  } finally {
    for (const name of spaces) await send("DELETE", `/api/v1/namespaces/${name}`);
    await cluster.close();
    rmSync(folder, { recursive: true });
  }
}

const PLURALS: Readonly<Record<string, string>> = {
  Role: "roles",
  RoleBinding: "rolebindings",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
};

const options = { ignore: KUBECONFIG === undefined, sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "story: after a failed upgrade, the roles of rbac RELEASE --for are enough for all that follows",
  options,
  () =>
    withUsers(async ({ folder, namespace, admin, as, send }) => {
      good(await admin("install", makeChart(folder, ["a", "b"]), "--name", "web", "--namespace", namespace));
      equal((await admin("upgrade", "web", makeChart(folder, ["a", "c"], true))).code, 1);
      const account = `system:serviceaccount:${namespace}:deployer`;
      const check = () => admin("rbac", "web", "--for", account, "--check");
      const before = await check();
      equal(before.code, 1);
      match(before.stdout, new RegExp(`^missing: delete configmaps "b" in namespace "${namespace}"$`, "m"));
      match(before.stderr, new RegExp(`${account} lacks (\\d+) of \\1 rights`));
      const { items } = parseJson(good(await admin("rbac", "web", "--for", account, "-o", "json"))) as {
        items: KubeObject[];
      };
      const made: string[] = [];
      for (const item of items) {
        const { kind = "", metadata } = item;
        const place = metadata?.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
        const path = `/apis/rbac.authorization.k8s.io/v1${place}/${PLURALS[kind]}`;
        equal(await send("POST", path, item), 201, `${kind} ${metadata?.name}`);
        made.push(`${path}/${metadata?.name}`);
      }
      match(good(await until(0, check)), new RegExp(`^${account} has all \\d+ rights\n$`));
      // The user itself is told the same.
      const user = as(account);
      match(good(await user("rbac", "web", "--check")), /^this user has all \d+ rights\n$/);
      // It may not ask about others.
      const asked = await user("rbac", "web", "--check", "--for", "ann");
      equal(asked.code, 1);
      match(asked.stderr, /subjectaccessreviews.* is forbidden|cannot create resource "subjectaccessreviews"/);
      // One rule too few, and exactly its rights are missing.
      const [binding = ""] = made.filter((path) => path.includes(`${namespace}-records/rolebindings`));
      equal(await send("DELETE", binding), 200);
      const fewer = await until(1, check);
      deepEqual(
        [...new Set(fewer.stdout.trimEnd().split("\n").map((line) => line.replace(/^missing: \w+ /, "")))],
        [`configmaps in namespace "${namespace}-records"`],
      );
      equal(
        await send(
          "POST",
          binding.replace(/\/[^/]*$/, ""),
          items.find(({ kind, metadata }) => kind === "RoleBinding" && metadata?.namespace === `${namespace}-records`),
        ),
        201,
      );
      await until(0, check);
      // With exactly these roles the user goes on: the upgrade deletes what the DEPLOYED and the FAILED revision have made.
      good(await user("upgrade", "web", makeChart(folder, ["a"])));
      good(await user("rollback", "web", "1"));
      good(await user("delete", "--purge", "web"));
      for (const path of made.filter((one) => /\/cluster/.test(one))) await send("DELETE", path);
      ok(made.length > 0);
    }),
);

Deno.test(
  "story: rbac --records --check --for asks a real server about users and groups",
  options,
  () =>
    withUsers(async ({ namespace, admin, send }) => {
      const records = `${namespace}-records`;
      for (const [who, subject] of [["ann", "User"], ["group:ops", "Group"]] as const) {
        const check = () => admin("rbac", "--records", "--check", "--for", who, "-o", "json");
        const before = await check();
        equal(before.code, 1);
        const { allowed, asked, missing } = parseJson(before.stdout) as {
          allowed: boolean;
          asked: number;
          missing: unknown[];
        };
        deepEqual([allowed, asked, missing.length], [false, 5, 5]);
        const { items } = parseJson(
          good(
            await admin(
              "rbac",
              "--records",
              "--for",
              who,
              "-o",
              "json",
              "--role-name",
              `records-${subject}`.toLowerCase(),
            ),
          ),
        ) as { items: KubeObject[] };
        deepEqual(items.map(({ kind }) => kind), ["Role", "RoleBinding"]);
        for (const item of items) {
          const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${records}/${PLURALS[item.kind ?? ""]}`;
          equal(await send("POST", path, item), 201);
        }
        equal((await until(0, check)).code, 0);
      }
    }),
);
