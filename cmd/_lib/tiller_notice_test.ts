import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import type { Cluster, KubeRequest } from "../../engine/kube/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { memoryPrinter } from "./print.ts";
import { tellOfTiller } from "./tiller_notice.ts";

/** Returns a cluster that answers from `answers`, by path without query. */
function clusterWith(answers: Readonly<Record<string, unknown>>): { cluster: Cluster; asked: string[] } {
  const asked: string[] = [];
  const transport = ({ method, path }: KubeRequest) => {
    asked.push(`${method} ${path.replace(/\?.*/, "")}`);
    const answer = answers[path.replace(/\?.*/, "")];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer === undefined ? new Response("{}", { status: 404 }) : Response.json(answer));
  };
  return { cluster: { transport, server: "x", namespace: "default", close: () => Promise.resolve() }, asked };
}

const PODS = "/api/v1/namespaces/tiller/pods";
const DEPLOYMENT = "/apis/apps/v1/namespaces/tiller/deployments/tiller-deploy";

/** Returns the notes that are printed when one request reads and two write. */
async function said(answers: Readonly<Record<string, unknown>>): Promise<{ stderr: string; asked: string[] }> {
  const print = memoryPrinter();
  const { cluster, asked } = clusterWith(answers);
  const transport = tellOfTiller(cluster, "tiller", print);
  await transport({ method: "GET", path: "/version" });
  deepEqual(asked, ["GET /version"]);
  await transport({ method: "POST", path: "/first" });
  await transport({ method: "PATCH", path: "/second" });
  return { stderr: print.stderr, asked };
}

Deno.test("a running Tiller is told of once, before the first change", async () => {
  const { stderr, asked } = await said({ [PODS]: { items: [{ status: { phase: "Running" } }] } });
  match(stderr, /^Note: a Tiller runs in namespace "tiller"\. .*\n$/);
  deepEqual(asked.slice(1).toSorted(), [`GET ${PODS}`, `GET ${DEPLOYMENT}`, "PATCH /second", "POST /first"].toSorted());
  deepEqual(asked.slice(-2), ["POST /first", "PATCH /second"]);
});

Deno.test("a Deployment of Tiller counts unless it is scaled to nothing", async () => {
  match((await said({ [DEPLOYMENT]: { spec: { replicas: 1 } } })).stderr, /^Note: a Tiller runs/);
  equal((await said({ [DEPLOYMENT]: { spec: { replicas: 0 } } })).stderr, "");
});

Deno.test("nothing is said when no Tiller is there, or nobody may look", async () => {
  equal((await said({})).stderr, "");
  equal((await said({ [PODS]: { items: [{ status: { phase: "Succeeded" } }] } })).stderr, "");
  equal((await said({ [PODS]: new Error("refused"), [DEPLOYMENT]: new Error("refused") })).stderr, "");
  equal((await said({ [PODS]: { items: null } })).stderr, "");
});

Deno.test("a command that will change something looks while its first request is on its way", async () => {
  const print = memoryPrinter();
  const { cluster, asked } = clusterWith({ [PODS]: { items: [{ status: { phase: "Running" } }] } });
  const transport = tellOfTiller(cluster, "tiller", print, { changes: true });
  await transport({ method: "GET", path: "/version" });
  deepEqual(asked.toSorted(), [`GET ${PODS}`, `GET ${DEPLOYMENT}`, "GET /version"].toSorted());
  equal(print.stderr, "");
  await transport({ method: "POST", path: "/first" });
  match(print.stderr, /^Note: a Tiller runs/);
  equal(asked.length, 4);
});

Deno.test("commands that change releases tell of a Tiller; others and reset do not", () =>
  inFolder({
    "web/Chart.yaml": "name: web\nversion: 1.2.3\n",
    "web/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\n",
  }, async (folder) => {
    const file = join(folder, "state.db");
    const sandbox = await openSandbox({ file });
    const labels = { app: "helm", name: "tiller" };
    const { status } = await sandbox.transport({
      method: "POST",
      path: "/apis/apps/v1/namespaces/kube-system/deployments",
      body: JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "tiller-deploy", labels },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: "tiller", image: "tiller" }] } },
        },
      }),
    });
    equal(status, 201);
    await sandbox.close();
    const web = join(folder, "web");
    const stderr = async (...words: string[]) => (await program([...words, `--sandbox=${file}`])).stderr;
    const told = /^Note: a Tiller runs in namespace "kube-system"\. .*\n$/;
    equal(await stderr("install", web, "--name", "web", "--dry-run"), "");
    match(await stderr("install", web, "--name", "web"), told);
    match(await stderr("upgrade", "web", web), told);
    match(await stderr("rollback", "web", "1"), told);
    for (const words of [["list"], ["status", "web"], ["history", "web"], ["get", "web"]]) {
      equal(await stderr(...words), "");
    }
    doesNotMatch(await stderr("list", "--tiller-namespace", "other"), /a Tiller runs/);
    match(await stderr("delete", "web", "--purge"), told);
    equal(await stderr("reset"), "");
    equal(await stderr("install", web, "--name", "web"), "");
  }));
