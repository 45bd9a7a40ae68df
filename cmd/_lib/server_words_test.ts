import { deepEqual, doesNotMatch } from "node:assert/strict";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { listenTo } from "./server_words.ts";

const CANARY = "canary-77c0d1e2";
const SECRET = { apiVersion: "v1", kind: "Secret", metadata: { name: "key" }, data: { key: btoa(CANARY) } };
const POD = "/api/v1/namespaces/shop/pods";

/** Sends requests past a listener to a server that warns of every write; returns the warnings. */
async function warned(warning: string, requests: readonly KubeRequest[], showsSecrets = false): Promise<string[]> {
  const found: string[] = [];
  const { transport } = listenTo((request) => {
    const body = request.path.includes("/secrets/") ? JSON.stringify(SECRET) : "{}";
    const headers = request.method === "GET" ? {} : { warning: `299 - ${JSON.stringify(warning)}` };
    return Promise.resolve(new Response(body, { headers }));
  }, { warn: (text) => found.push(text), isStrict: false, showsSecrets });
  for (const request of requests) await (await transport(request)).text();
  return found;
}

const pod = (container: object): KubeRequest => ({
  method: "POST",
  path: POD,
  body: JSON.stringify({ kind: "Pod", metadata: { name: "web" }, spec: { containers: [container] } }),
});

Deno.test("listenTo() masks values of Secrets that were read or written, and of variables under names of secrets", async () => {
  const quoting = `spec.url: "http://me:${CANARY}@db" is deprecated, key ${btoa(CANARY)}`;
  const before: Readonly<Record<string, KubeRequest>> = {
    "read": { method: "GET", path: "/api/v1/namespaces/shop/secrets/key" },
    "created": { method: "POST", path: "/api/v1/namespaces/shop/secrets", body: JSON.stringify(SECRET) },
    "changed": {
      method: "PATCH",
      path: "/api/v1/namespaces/shop/secrets/key?dryRun=All",
      body: JSON.stringify({ stringData: { key: CANARY } }),
    },
  };
  for (const [name, request] of Object.entries(before)) {
    const found = await warned(quoting, [request, pod({ name: "web" })]);
    deepEqual(found.at(-1), 'Pod web: spec.url: "http://me:***@db" is deprecated, key ***', name);
    doesNotMatch(found.join(), new RegExp(`${CANARY}|${btoa(CANARY)}`), name);
  }
  deepEqual(
    await warned(`the value ${CANARY} is short`, [pod({ env: [{ name: "DB_PASSWORD", value: CANARY }] })]),
    ["Pod web: the value *** is short"],
  );
  deepEqual(await warned("v1 is old", [pod({}), pod({})]), ["Pod web: v1 is old"]);
});

Deno.test("listenTo() leaves warnings as they are for --show-secrets, and answers as they were", async () => {
  const requests: KubeRequest[] = [{ method: "GET", path: "/api/v1/namespaces/shop/secrets/key" }, pod({})];
  deepEqual(await warned(`key ${CANARY}`, requests, true), [`Pod web: key ${CANARY}`]);
  const { transport } = listenTo(
    () => Promise.resolve(new Response(JSON.stringify(SECRET), { headers: { audit: "a" } })),
    { warn: () => {}, isStrict: false },
  );
  const answer = await transport({ method: "GET", path: "/api/v1/namespaces/shop/secrets/key" });
  deepEqual([answer.status, answer.headers.get("audit"), await answer.json()], [200, "a", SECRET]);
});
