import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { bodyOf, fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { type KubeByText, kubeByText } from "../../tests/_lib/kube_by_text.ts";
import type { KubeProgress } from "./types.ts";

const CORE = "/api/v1/namespaces/here";

function configMap(name: string, value: string, more = ""): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {x: "${value}"}\n`;
}

function client(fake: ReturnType<typeof fakeServer>): KubeByText {
  return kubeByText(fake, { waitIntervalMs: 5 });
}

Deno.test("capabilities() holds group versions, kinds, and kinds of subresources", async () => {
  const { apiVersions, kubeVersion, tillerVersion } = await client(fakeServer()).kube.capabilities();
  ok(["v1", "v1/Pod", "apps/v1", "apps/v1/Deployment", "apps/v1/Scale"].every((name) => apiVersions.has(name)));
  equal(kubeVersion.gitVersion, "v1.34.4");
  equal(tillerVersion.semVer, "v2.17.0");
});

Deno.test("create() makes the namespace first, labelled with its name", async () => {
  const fake = fakeServer();
  await client(fake).create("here", configMap("a", "1"));
  deepEqual(fake.log, [
    "GET /api/v1/namespaces/here",
    "POST /api/v1/namespaces",
    `POST ${CORE}/configmaps`,
  ]);
  deepEqual(bodyOf(fake.requests[1]), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "here", labels: { name: "here" } },
  });
});

Deno.test("create() goes on when another client created the namespace first", async () => {
  const fake = fakeServer();
  fake.intercept = ({ method, path }) =>
    method === "POST" && path === "/api/v1/namespaces" ? refusal(409, "AlreadyExists", "there") : undefined;
  await client(fake).create("here", configMap("a", "1"));
  ok(fake.objects.has(`${CORE}/configmaps/a`));
});

Deno.test("create() stops when the namespace may not be read", async () => {
  const fake = fakeServer();
  fake.intercept = () => refusal(403, "Forbidden", 'namespaces "here" is forbidden');
  await rejects(client(fake).create("here", configMap("a", "1")), {
    kind: "kube",
    status: 403,
    reason: "Forbidden",
    message: 'namespaces "here" is forbidden',
  });
});

Deno.test("create() adopts nothing", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  await rejects(client(fake).create("here", configMap("a", "1")), {
    kind: "exists",
    status: 409,
    reason: "AlreadyExists",
    message: 'configmaps "a" already exists',
  });
});

Deno.test("create() of nothing fails, build() of nothing does not", async () => {
  await rejects(client(fakeServer()).create("here", "# nothing"), { message: "no objects visited" });
  deepEqual(await client(fakeServer()).resolve("here", "# nothing"), []);
});

Deno.test("create() and table() of nothing are fine where that is allowed", async () => {
  const kube = client(fakeServer());
  await kube.create("here", "# nothing", { allowEmpty: true, wait: true, timeoutSeconds: 1 });
  equal(await kube.table("here", "# nothing", { allowEmpty: true }), "");
});

Deno.test("create() of an object without an apiVersion leads nowhere", async () => {
  await rejects(client(fakeServer()).create("here", "kind: ConfigMap\nmetadata: {name: a}\n"), {
    kind: "not-found",
    message: "the server could not find the requested resource",
    hint: "Give the object an apiVersion.",
  });
});

Deno.test("create() leaves out a resourceVersion", async () => {
  const fake = fakeServer();
  await client(fake).create("here", configMap("a", "1", ', resourceVersion: "7"'));
  deepEqual(bodyOf(fake.requests.at(-1)), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "here" },
    data: { x: "1" },
  });
});

// Pins Q39.
Deno.test("create() finishes a run of one kind, starts no further one, and gives the first error of the list", async () => {
  const fake = fakeServer();
  fake.put("/api/v1/namespaces/here", { metadata: { name: "here" } });
  fake.put(`${CORE}/configmaps/b`, { metadata: { name: "b" } });
  fake.put(`${CORE}/configmaps/c`, { metadata: { name: "c" } });
  fake.intercept = async ({ body }) => {
    // The first that fails by list order answers last.
    if (body?.includes('"name":"b"')) await new Promise((resolve) => setTimeout(resolve, 20));
    return undefined;
  };
  const manifest = ["a", "b", "c", "d"].map((name) => configMap(name, "1")).join("") +
    "---\n{apiVersion: v1, kind: Secret, metadata: {name: s}}\n";
  await rejects(client(fake).create("here", manifest), { message: 'configmaps "b" already exists' });
  ok(fake.objects.has(`${CORE}/configmaps/d`));
  equal(fake.log.some((line) => line.includes("secrets")), false);
});

Deno.test("exists() tells whether the one object is there", async () => {
  const fake = fakeServer();
  equal(await client(fake).exists("here", configMap("a", "1")), false);
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  equal(await client(fake).exists("here", configMap("a", "1")), true);
});

Deno.test("delete() is in the background, and an absent object is no error", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  await client(fake).delete("here", configMap("a", "1") + configMap("b", "1"));
  equal(fake.objects.size, 0);
  deepEqual(bodyOf(fake.requests[0]), { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" });
});

Deno.test("delete() of nothing fails", async () => {
  await rejects(client(fakeServer()).delete("here", ""), { message: "no objects visited" });
});

// Pins Q17.
Deno.test("delete() with a timeout looks at once whether all is gone", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  const begun = Date.now();
  await client(fake).delete("here", configMap("a", "1"), { timeoutSeconds: 60 });
  ok(Date.now() - begun < 1000);
  equal(fake.log.at(-1), `GET ${CORE}/configmaps/a`);
});

Deno.test("delete() runs out of time when an object stays", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  fake.intercept = ({ method }) => method === "DELETE" ? json({ kind: "Status", status: "Success" }) : undefined;
  await rejects(client(fake).delete("here", configMap("a", "1"), { timeoutSeconds: 0.05 }), {
    kind: "timeout",
    message: "timed out waiting for the condition",
  });
});

Deno.test("a cancelled call says so and sends nothing", async () => {
  const fake = fakeServer();
  const signal = AbortSignal.abort();
  await rejects(
    client(fake).update("here", configMap("a", "1"), configMap("a", "2"), { signal }),
    (error: Error) => error.name === "AbortError" || (error as { kind?: string }).kind === "aborted",
  );
  deepEqual(fake.log, []);
});

Deno.test("podLog() puts words before the server's refusal", async () => {
  const fake = fakeServer();
  fake.intercept = ({ path }) =>
    path.endsWith("/good/log")
      ? new Response("one\ntwo\n")
      : refusal(400, "BadRequest", "a container name must be specified");
  equal(await client(fake).kube.podLog("here", "good"), "one\ntwo\n");
  await rejects(client(fake).kube.podLog("here", "bad"), {
    kind: "kube",
    message: "error in opening log stream, got: a container name must be specified",
  });
});

Deno.test("findTiller() names Tiller's deployment, and finds none where it may not look", async () => {
  const fake = fakeServer();
  equal(await client(fake).kube.findTiller("kube-system"), undefined);
  fake.put("/apis/apps/v1/namespaces/kube-system/deployments/tiller-deploy", {
    metadata: { name: "tiller-deploy", labels: { app: "helm", name: "tiller" } },
    spec: { replicas: 1 },
  });
  equal(await client(fake).kube.findTiller("kube-system"), "tiller-deploy");
  fake.intercept = () => refusal(403, "Forbidden", "no");
  equal(await client(fake).kube.findTiller("kube-system"), undefined);
});

Deno.test("progress is told object by object", async () => {
  const told: KubeProgress[] = [];
  const fake = fakeServer();
  fake.put("/api/v1/namespaces/here", { metadata: { name: "here" } });
  const kube = client(fake);
  const report = (progress: KubeProgress): void => void told.push(progress);
  await kube.create("here", configMap("a", "1"), { report });
  await kube.update("here", configMap("a", "1"), configMap("a", "2"), { report });
  await kube.update("here", configMap("a", "2"), configMap("a", "2"), { report });
  await kube.delete("here", configMap("a", "2"), { report });
  deepEqual(told.map(({ verb, object, namespace }) => `${verb} ${object} ${namespace}`), [
    "create ConfigMap/a here",
    "update ConfigMap/a here",
    "unchanged ConfigMap/a here",
    "delete ConfigMap/a here",
  ]);
});
