import { deepEqual, equal, rejects } from "node:assert/strict";
import { findTillers, tillerSettings } from "./tiller.ts";
import type { Transport } from "./types.ts";

interface Sketch {
  readonly namespace?: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: { name: string; value?: string; valueFrom?: unknown }[];
}

/** Returns a Deployment as created by `helm init`. */
function deployment({ namespace = "kube-system", command, args, env }: Sketch = {}): unknown {
  const tiller = { name: "tiller", image: "gcr.io/kubernetes-helm/tiller:v2.17.0", command, args };
  const variables = env ?? [{ name: "TILLER_NAMESPACE", value: namespace }, { name: "TILLER_HISTORY_MAX", value: "0" }];
  return {
    metadata: { name: "tiller-deploy", namespace, labels: { app: "helm", name: "tiller" } },
    spec: { replicas: 1, template: { spec: { containers: [{ name: "proxy" }, { ...tiller, env: variables }] } } },
  };
}

Deno.test("tillerSettings() of what helm init makes are Tiller's defaults", () => {
  deepEqual(tillerSettings(deployment()), { namespace: "kube-system", storage: "configmap", historyMax: 0 });
});

Deno.test("tillerSettings() reads flags in one word and in two, of the command and of the arguments", () => {
  const settings = (sketch: Sketch) => {
    const { storage, historyMax } = tillerSettings(deployment(sketch)) ?? {};
    return [storage, historyMax];
  };
  deepEqual(settings({ command: ["/tiller", "--storage=secret", "--history-max=10"] }), ["secret", 10]);
  deepEqual(settings({ command: ["/tiller"], args: ["--storage", "secret", "--history-max", "5"] }), ["secret", 5]);
  deepEqual(settings({ command: ["sh", "-c", 'exec /tiller --storage="sql" --listen=:1'] }), ["sql", 0]);
  deepEqual(settings({ args: ["--storage=configmap", "--storage=secret"] }), ["secret", 0]);
  deepEqual(settings({ args: ["--storage-driver=secret", "--listen=x"] }), ["configmap", 0]);
  deepEqual(settings({ args: ["--history-max=-1"] }), ["configmap", 0]);
});

Deno.test("tillerSettings() fills in variables; a flag goes over TILLER_HISTORY_MAX", () => {
  const env = [{ name: "TILLER_HISTORY_MAX", value: "20" }, { name: "KIND", value: "secret" }];
  deepEqual(tillerSettings(deployment({ env, namespace: "ops" })), {
    namespace: "ops",
    storage: "configmap",
    historyMax: 20,
  });
  const args = ["--storage=$(KIND)", "--history-max=3", "--listen=$(UNKNOWN)"];
  deepEqual(tillerSettings(deployment({ env, args })), { namespace: "kube-system", storage: "secret", historyMax: 3 });
  deepEqual(tillerSettings(deployment({ env: [{ name: "TILLER_HISTORY_MAX", value: "many" }] }))?.historyMax, 0);
});

Deno.test("tillerSettings() names the namespace of the records, which need not be that of the Deployment", () => {
  const env = [{ name: "TILLER_NAMESPACE", value: "records" }];
  equal(tillerSettings(deployment({ env, namespace: "ops" }))?.namespace, "records");
  const field = [{ name: "TILLER_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }];
  equal(tillerSettings(deployment({ env: field, namespace: "ops" }))?.namespace, "ops");
});

Deno.test("tillerSettings() of what is no Deployment are none", () => {
  for (const other of [undefined, null, "text", {}, { spec: { template: { spec: { containers: [] } } } }]) {
    equal(tillerSettings(other), undefined);
  }
});

/** Returns a server that answers by path, and refuses other paths. */
function server(answers: Readonly<Record<string, unknown>>): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  const transport: Transport = ({ path }) => {
    asked.push(decodeURIComponent(path));
    const answer = answers[path.replace(/\?.*/, "")];
    return Promise.resolve(answer === undefined ? new Response("{}", { status: 403 }) : Response.json(answer));
  };
  return { transport, asked };
}

Deno.test("findTillers() asks for the whole cluster, or for one namespace when that is all it may", async () => {
  const items = [deployment({ namespace: "a" }), deployment({ namespace: "b" })];
  const all = server({ "/apis/apps/v1/deployments": { items } });
  deepEqual((await findTillers(all.transport, "a")).map(({ namespace }) => namespace), ["a", "b"]);
  deepEqual(all.asked, ["/apis/apps/v1/deployments?labelSelector=app=helm,name=tiller&limit=50"]);
  const one = server({ "/apis/apps/v1/namespaces/a/deployments": { items: [deployment({ namespace: "a" })] } });
  deepEqual((await findTillers(one.transport, "a")).map(({ namespace }) => namespace), ["a"]);
  equal(one.asked.length, 2);
  deepEqual(await findTillers(server({}).transport, "a"), []);
  const broken: Transport = () => Promise.resolve(new Response("{}", { status: 500 }));
  await rejects(findTillers(broken, "a"), { status: 500 });
});
