/** A saved plan fits or does not: each thing that it is bound to is changed alone, on the sandbox. */
import { deepEqual, equal, match } from "node:assert/strict";
import { SkegError } from "../../../errors.ts";
import { type Driver, memoryDriver } from "../../../storage/mod.ts";
import type { Chart } from "../../model/mod.ts";
import { createKubeClient, type KubeRequest, type Transport } from "../../kube/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { Environment } from "../environment.ts";
import { install, upgrade } from "../operations.ts";
import { applyPlan } from "./apply.ts";
import { planOperation } from "./plan.ts";
import { readPlan, savePlan } from "./saved_plan.ts";

const chartOf = (texts: readonly string[]): Chart => ({
  metadata: { name: "web", version: "1.0.0" },
  templates: [{ path: "templates/all.yaml", data: new TextEncoder().encode(texts.join("---\n")) }],
  dependencies: [],
  files: [],
});
const config = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "nginx:1"}]}}
`;

/** Changes from outside, between a plan and its use. */
interface Hands {
  readonly send: (method: KubeRequest["method"], path: string, body?: unknown) => Promise<void>;
  readonly env: Environment;
  readonly driver: Driver;
  /** From now on the server is of this version. */
  readonly setVersion: (gitVersion: string) => void;
  /** From now on the namespace kube-system has this UID. */
  readonly setCluster: (uid: string) => void;
}

const CONFIGS = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";

/** Each thing that a plan is bound to: a change of it alone, and the line that names it. */
const CHANGES: Readonly<Record<string, readonly [change: (hands: Hands) => Promise<void> | void, line: RegExp]>> = {
  "a field of an object that changes": [
    ({ send }) => send("PATCH", `${CONFIGS}/one`, { data: { a: "9" } }),
    /^ {2}ConfigMap\/one {2}data\.a 1 -> 9 since the plan was made$/m,
  ],
  "a field of an object that stays": [
    ({ send }) => send("PATCH", DEPLOYMENT, { spec: { replicas: 7 } }),
    /^ {2}Deployment\/web {2}spec\.replicas 2 -> 7 since the plan was made$/m,
  ],
  "a label that someone adds": [
    ({ send }) => send("PATCH", DEPLOYMENT, { metadata: { labels: { team: "shop" } } }),
    /^ {2}Deployment\/web {2}metadata\.labels\b.* changed since the plan was made$|metadata\.labels/m,
  ],
  "an object that goes": [({ send }) => send("DELETE", `${CONFIGS}/gone`), /^ {2}ConfigMap\/gone {2}is gone$/m],
  "an object that comes where one is created": [
    ({ send }) => send("POST", CONFIGS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "new" } }),
    /^ {2}ConfigMap\/new {2}exists now$/m,
  ],
  "an object that is made again with the same content": [
    async ({ send }) => {
      await send("DELETE", `${CONFIGS}/gone`);
      await send("POST", CONFIGS, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "gone" },
        data: { a: "1" },
      });
    },
    /^ {2}ConfigMap\/gone {2}was deleted and created again$/m,
  ],
  "a new revision": [
    async ({ env }) =>
      void await upgrade(env, { name: "web", chart: chartOf([config("one", "1"), config("gone", "1"), WEB]) }),
    /^ {2}release web {2}revision 2 was made since \(plan: after 1\)$/m,
  ],
  "a record that is changed": [
    async ({ driver }) => {
      const release = await driver.get("web.v1");
      await driver.update({ ...release, info: { ...release.info, description: "repaired" } });
    },
    /^ {2}release web {2}the record of revision 1 was changed$/m,
  ],
  "a record that goes": [
    async ({ driver }) => void await driver.delete("web.v1"),
    /^ {2}release web {2}the record of revision 1 is gone$/m,
  ],
  "another cluster": [
    ({ setCluster }) => setCluster("00000000-0000-0000-0000-000000000000"),
    /^ {2}cluster {2}the plan was made for another cluster$/m,
  ],
  "another version of the server": [
    ({ setVersion }) => setVersion("v1.99.0"),
    /^ {2}cluster {2}version v\d+\.\d+\.\d+\S* -> v1\.99\.0$/m,
  ],
};

interface Bench extends Hands {
  readonly requests: KubeRequest[];
  readonly close: () => Promise<void>;
}

async function bench(): Promise<Bench> {
  const cluster = await openSandbox();
  const requests: KubeRequest[] = [];
  const answers = new Map<string, (text: string) => string>();
  const transport: Transport = async (request) => {
    requests.push(request);
    const answer = await cluster.transport(request);
    const change = answers.get(request.path);
    return change === undefined ? answer : new Response(change(await answer.text()), { status: answer.status });
  };
  const driver = memoryDriver();
  const env: Environment = {
    kube: createKubeClient({ ...cluster, transport }, { waitIntervalMs: 1 }),
    driver,
    clock: () => ({ seconds: 1_600_000_000, nanos: 0 }),
    random: () => 0.5,
    report: () => {},
    historyMax: 0,
  };
  const send: Hands["send"] = async (method, path, body) => {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await cluster.transport({
      method,
      path,
      contentType,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    equal(answer.ok, true, await answer.text());
  };
  await install(env, {
    chart: chartOf([config("one", "1"), config("gone", "1"), WEB]),
    name: "web",
    namespace: "default",
  });
  return {
    env,
    driver,
    requests,
    send,
    setVersion: (gitVersion) =>
      void answers.set("/version", (text) => JSON.stringify({ ...JSON.parse(text), gitVersion })),
    setCluster: (uid) =>
      void answers.set("/api/v1/namespaces/kube-system", (text) => {
        const object = JSON.parse(text);
        return JSON.stringify({ ...object, metadata: { ...object.metadata, uid } });
      }),
    close: () => cluster.close(),
  };
}

/** A plan that changes one object, creates one, deletes one and leaves one. */
async function planned(env: Environment) {
  const chart = chartOf([config("one", "2"), config("new", "1"), WEB]);
  const plan = await planOperation(env, { operation: "upgrade", options: { name: "web", chart } });
  return readPlan(JSON.stringify(await savePlan(env, plan)), "plan.json");
}

/** A client of its own: what it learned of the server before does not count. */
const again = (env: Environment): Environment => ({
  ...env,
  kube: createKubeClient(env.kube.cluster, { waitIntervalMs: 1 }),
});

for (const [name, [change, line]] of Object.entries(CHANGES)) {
  Deno.test(`applyPlan() refuses a plan, sends no write and names what moved: ${name}`, async () => {
    const hands = await bench();
    const { env, requests, driver, close } = hands;
    const plan = await planned(env);
    await change(hands);
    const records = JSON.stringify(await driver.list());
    requests.length = 0;
    const error = await applyPlan(again(env), plan).then(() => undefined, (error) => error);
    equal(error instanceof SkegError, true, String(error));
    deepEqual([error.exitCode, error.message], [3, "the plan does not fit any more; nothing was changed"]);
    match(error.details, line);
    deepEqual(error.details.split("\n").filter((text: string) => !/other objects? unchanged/.test(text)).length, 1);
    deepEqual(requests.filter(({ method }) => method !== "GET"), []);
    equal(JSON.stringify(await driver.list()), records);
    await close();
  });
}

Deno.test("applyPlan() takes a plan when nothing moved, and when only versions and a status moved", async () => {
  for (const isMoved of [false, true]) {
    const { env, send, close } = await bench();
    const plan = await planned(env);
    if (isMoved) await send("PATCH", `${DEPLOYMENT}/status`, { status: { observedGeneration: 77 } });
    const release = await applyPlan(again(env), plan);
    deepEqual([release.revision, release.info.status.code], [2, "DEPLOYED"]);
    await close();
  }
});

Deno.test("applyPlan() masks the plan's secrets in a refusal of the server", async () => {
  const canary = "canary-2c9e51d7";
  const { env, close } = await bench();
  const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {key: ${canary}}\n`;
  const chart = chartOf([config("one", "2"), secret, WEB]);
  const plan = await savePlan(env, await planOperation(env, { operation: "upgrade", options: { name: "web", chart } }));
  const { cluster } = env.kube;
  const refusing: Transport = (request) => {
    if (request.method !== "PATCH") return cluster.transport(request);
    const message = `admission webhook "check" denied the request: ${canary} is too short`;
    return Promise.resolve(new Response(JSON.stringify({ kind: "Status", code: 403, message }), { status: 403 }));
  };
  const hostile: Environment = { ...env, kube: createKubeClient({ ...cluster, transport: refusing }) };
  const error = await applyPlan(hostile, plan).then(() => undefined, (error) => error);
  match(String(error), /denied the request: \(secret 15 bytes, [0-9a-f]{4}\) is too short/);
  const { info } = await env.driver.get("web.v2");
  equal(`${error} ${error.details} ${error.hint} ${JSON.stringify(info)}`.includes(canary), false);
  await close();
});
