import { deepEqual, equal, match } from "node:assert/strict";
import type { Cluster, KubeRequest } from "../engine/kube/mod.ts";
import { memoryPrinter } from "./_print.ts";
import { tellOfTiller } from "./_tiller_notice.ts";

/** A cluster that answers with what `answers` has for a path without its query. */
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

/** What is said when one request reads and two write. */
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
  const transport = tellOfTiller(cluster, "tiller", print, true);
  await transport({ method: "GET", path: "/version" });
  deepEqual(asked.toSorted(), [`GET ${PODS}`, `GET ${DEPLOYMENT}`, "GET /version"].toSorted());
  equal(print.stderr, "");
  await transport({ method: "POST", path: "/first" });
  match(print.stderr, /^Note: a Tiller runs/);
  equal(asked.length, 4);
});
