import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { bodyOf, type FakeServer, fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText, type TextUpdateOptions } from "../../tests/_lib/kube_by_text.ts";
import type { KubeProgress } from "./types.ts";

const CORE = "/api/v1/namespaces/here";

function configMap(name: string, value: string, more = ""): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {x: "${value}"}\n`;
}

async function holding(manifest: string): Promise<FakeServer> {
  const fake = fakeServer();
  await kubeByText(fake).create("here", manifest);
  fake.log.length = 0;
  fake.requests.length = 0;
  return fake;
}

function update(fake: FakeServer, original: string, target: string, options: TextUpdateOptions = {}): Promise<void> {
  return kubeByText(fake, { waitIntervalMs: 5 }).update("here", original, target, options);
}

Deno.test("update() patches what changed, creates what is new, deletes what is gone", async () => {
  const fake = await holding(configMap("a", "1") + configMap("b", "1") + configMap("c", "1"));
  await update(
    fake,
    configMap("a", "1") + configMap("b", "1") + configMap("c", "1"),
    configMap("a", "1") + configMap("b", "2") + configMap("d", "1"),
  );
  deepEqual(fake.log, [
    `GET ${CORE}/configmaps/a`,
    `GET ${CORE}/configmaps/b`,
    `GET ${CORE}/configmaps/d`,
    `PATCH ${CORE}/configmaps/b`,
    `POST ${CORE}/configmaps`,
    `GET ${CORE}/configmaps/c`,
    `DELETE ${CORE}/configmaps/c`,
  ]);
  equal(fake.requests[3]?.contentType, "application/strategic-merge-patch+json");
  deepEqual(bodyOf(fake.requests[3]), { data: { x: "2" } });
});

Deno.test("update() sends JSON merge patches for kinds that Tiller did not know", async () => {
  const ingress = (host: string): string =>
    `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{host: a}, {host: ${host}}]}}`;
  const crd = (label: string): string =>
    `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: c, labels: {x: ${label}}}}`;
  const manifest = (value: string): string => `${ingress(value)}\n---\n${crd(value)}`;
  const fake = await holding(manifest("b"));
  await update(fake, manifest("b"), manifest("c"));
  const patches = fake.requests.filter(({ method }) => method === "PATCH");
  deepEqual(patches.map(({ contentType }) => contentType), Array(2).fill("application/merge-patch+json"));
  deepEqual(patches.map(bodyOf), [
    { spec: { rules: [{ host: "a" }, { host: "c" }] } },
    { metadata: { labels: { x: "c" } } },
  ]);
});

Deno.test("update() looks at the two manifests, not at what drifted", async () => {
  const fake = await holding(configMap("a", "1"));
  fake.put(`${CORE}/configmaps/a`, { data: { x: "drifted" } });
  await update(fake, configMap("a", "1"), configMap("a", "1"));
  deepEqual(fake.log, [`GET ${CORE}/configmaps/a`]);
});

Deno.test("update() stops at an object that the previous release did not have", async () => {
  const fake = await holding(configMap("a", "1") + configMap("b", "1"));
  await rejects(update(fake, "", configMap("a", "2") + configMap("new", "1")), {
    kind: "exists",
    message: 'kind ConfigMap with the name "a" in "here" already exists in the cluster and wasn\'t defined in the ' +
      "previous release. Before upgrading, please either delete the resource from the cluster or remove it from the chart",
  });
  equal(fake.objects.has(`${CORE}/configmaps/new`), false);
});

Deno.test("update() goes on after a refused patch, joins the messages, and deletes nothing", async () => {
  const before = configMap("a", "1") + configMap("b", "1") + configMap("c", "1") + configMap("old", "1");
  const fake = await holding(before);
  fake.intercept = ({ method, path }) =>
    method === "PATCH" && !path.endsWith("/b") ? refusal(422, "Invalid", `${path.at(-1)} is invalid`) : undefined;
  await rejects(update(fake, before, configMap("a", "2") + configMap("b", "2") + configMap("c", "2")), {
    message: "a is invalid && c is invalid",
  });
  deepEqual(fake.objects.get(`${CORE}/configmaps/b`)?.data, { x: "2" });
  ok(fake.objects.has(`${CORE}/configmaps/old`));
});

Deno.test("update() drops collected messages when another failure stops it", async () => {
  const fake = await holding(configMap("a", "1") + configMap("b", "1"));
  fake.intercept = ({ method, path }) => {
    if (method === "PATCH") return refusal(422, "Invalid", "patch refused");
    return path.endsWith("/b") ? refusal(500, "InternalError", "broken") : undefined;
  };
  await rejects(update(fake, configMap("a", "1") + configMap("b", "1"), configMap("a", "2") + configMap("b", "2")), {
    message: "Could not get information about the resource: broken",
  });
});

Deno.test("update() says when a new object cannot be created", async () => {
  const fake = await holding(configMap("a", "1"));
  fake.intercept = ({ method }) => method === "POST" ? refusal(403, "Forbidden", "no") : undefined;
  await rejects(update(fake, configMap("a", "1"), configMap("b", "1")), { message: "failed to create resource: no" });
});

Deno.test("update() with cleanupOnFail deletes what it created, and adds what goes wrong then", async () => {
  const before = configMap("a", "1");
  const fake = await holding(before);
  fake.intercept = ({ method, path }) => {
    if (method === "PATCH") return refusal(422, "Invalid", "patch refused");
    return method === "DELETE" && path.endsWith("/n2") ? refusal(403, "Forbidden", "may not delete") : undefined;
  };
  await rejects(
    update(fake, before, configMap("n1", "1") + configMap("n2", "1") + configMap("a", "2"), { cleanupOnFail: true }),
    { message: "patch refused && may not delete" },
  );
  deepEqual(
    [...fake.objects.keys()].filter((path) => path.includes("configmaps")).map((path) => path.split("/").pop()),
    ["a", "n2"],
  );
});

Deno.test("update() with cleanupOnFail deletes what it created when the wait fails", async () => {
  const fake = await holding(configMap("a", "1"));
  await rejects(
    update(fake, configMap("a", "1"), `${configMap("a", "1")}---\n{apiVersion: v1, kind: Pod, metadata: {name: p}}`, {
      cleanupOnFail: true,
      wait: true,
      timeoutSeconds: 0.03,
    }),
    { kind: "timeout", message: "timed out waiting for the condition" },
  );
  equal(fake.objects.has(`${CORE}/pods/p`), false);
});

// Pins Q42.
Deno.test("update() with force deletes, waits until it is gone, and creates again", async () => {
  const fake = await holding(configMap("a", "1"));
  let looks = 0;
  fake.intercept = ({ method, path }) => {
    if (method === "PATCH") return refusal(422, "Invalid", "field is immutable");
    if (method === "DELETE") {
      looks = 2;
      return json({ kind: "Status", status: "Success" });
    }
    if (method === "GET" && looks > 0 && --looks === 0) fake.drop(path);
    return undefined;
  };
  await update(fake, configMap("a", "1"), configMap("a", "2"), { force: true, timeoutSeconds: 10 });
  deepEqual(fake.objects.get(`${CORE}/configmaps/a`)?.data, { x: "2" });
  deepEqual(fake.log.map((line) => line.split(" ")[0]), ["GET", "PATCH", "DELETE", "GET", "GET", "POST"]);
});

Deno.test("update() with force says when the object cannot be created again", async () => {
  const fake = await holding(configMap("a", "1"));
  fake.intercept = ({ method }) => {
    if (method === "PATCH") return refusal(422, "Invalid", "field is immutable");
    return method === "POST" ? refusal(403, "Forbidden", "no") : undefined;
  };
  await rejects(update(fake, configMap("a", "1"), configMap("a", "2"), { force: true }), {
    message: "Failed to recreate resource: no",
  });
});

Deno.test("update() keeps removed objects whose live policy is anything but delete", async () => {
  const before = ["keep", "odd", "empty", "gone", "plain"].map((name) => configMap(name, "1")).join("");
  const fake = await holding(before);
  const policies: Record<string, string> = { keep: "keep", odd: "whatever", empty: "", gone: "delete" };
  for (const [name, policy] of Object.entries(policies)) {
    fake.put(`${CORE}/configmaps/${name}`, { metadata: { name, annotations: { "helm.sh/resource-policy": policy } } });
  }
  const told: string[] = [];
  await update(fake, before, "", { report: ({ verb, object }) => void told.push(`${verb} ${object}`) });
  deepEqual(told, [
    "keep ConfigMap/keep",
    "keep ConfigMap/odd",
    "keep ConfigMap/empty",
    "delete ConfigMap/gone",
    "delete ConfigMap/plain",
  ]);
});

Deno.test("update() only warns when a removed object cannot be deleted", async () => {
  const fake = await holding(configMap("a", "1"));
  fake.intercept = ({ method }) => method === "DELETE" ? refusal(403, "Forbidden", "no") : undefined;
  const told: KubeProgress[] = [];
  await update(fake, configMap("a", "1"), "", { report: (progress) => void told.push(progress) });
  deepEqual(told.map(({ verb, detail }) => [verb, detail]), [["warning", "ConfigMap/a could not be deleted: no"]]);
});

Deno.test("update() fails, after all else is done, when the server was too busy to delete a removed object", async () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => configMap(name, "1")) as [string, string, string];
  const fake = await holding(a + b);
  fake.intercept = ({ method, path }) =>
    method === "DELETE" && path.includes("/configmaps/a") ? refusal(429, "TooManyRequests", "later") : undefined;
  await rejects(update(fake, a + b, c), { kind: "kube", message: "ConfigMap/a could not be deleted: later" });
  deepEqual(["a", "b", "c"].filter((name) => fake.objects.has(`${CORE}/configmaps/${name}`)), ["a", "c"]);
});

Deno.test("update() warns of an object that is marked for deletion", async () => {
  const fake = await holding(configMap("a", "1"));
  const path = `${CORE}/configmaps/a`;
  const metadata = { name: "a", namespace: "here", deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["x/keep"] };
  fake.put(path, { ...fake.objects.get(path), metadata });
  for (const value of ["2", "1"]) {
    const told: string[] = [];
    await update(fake, configMap("a", "1"), configMap("a", value), {
      report: ({ verb, detail }) => void (verb === "warning" && told.push(detail)),
    });
    deepEqual(told, ["ConfigMap/a is marked for deletion: changes do not keep it; upgrade again when it is gone"]);
  }
});

// Pins Q47.
Deno.test("update() warns of ports that it cannot tell apart", async () => {
  const service = (name: string): string =>
    `{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 53, protocol: TCP}, {port: 53, protocol: UDP, name: ${name}}]}}`;
  const fake = await holding(service("a"));
  const told: string[] = [];
  await update(fake, service("a"), service("b"), {
    report: ({ verb, detail }) => void (verb === "warning" && told.push(detail)),
  });
  deepEqual(told, [
    "Service/s: spec.ports: two elements with port 53: an update cannot tell them apart; check the live object",
  ]);
});

Deno.test("update() with recreatePods deletes the pods of a workload, each by its uid", async () => {
  const deployment =
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {app: x}}}}";
  const fake = await holding(deployment);
  fake.put(`${CORE}/pods/one`, { metadata: { name: "one", namespace: "here", uid: "u1", labels: { app: "x" } } });
  fake.put(`${CORE}/pods/two`, { metadata: { name: "two", namespace: "here", labels: { app: "y" } } });
  await update(fake, deployment, deployment, { recreatePods: true });
  ok(fake.objects.has(`${CORE}/pods/two`));
  equal(fake.objects.has(`${CORE}/pods/one`), false);
  deepEqual(bodyOf(fake.requests.at(-1)), { kind: "DeleteOptions", apiVersion: "v1", preconditions: { uid: "u1" } });
});

Deno.test("update() brings an object to the target whichever of the manifests it is like", async () => {
  const map = (value: string, more = "") =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "${value}"${more}}\n`;
  const [deployed, failed, target] = [map("1"), map("2", ", y: left"), map("1")];
  for (const live of [deployed, failed]) {
    const fake = await holding(live);
    Object.assign(fake.objects.get(`${CORE}/configmaps/a`)?.data as object, { drift: "stays" });
    await update(fake, deployed, target, { alsoFrom: [failed, `${failed}---\n{apiVersion: gone/v1, kind: No}\n`] });
    deepEqual({ ...fake.objects.get(`${CORE}/configmaps/a`)?.data as object }, { x: "1", drift: "stays" });
    // The second manifest has the same object: nothing is sent twice.
    deepEqual(fake.log.map((line) => line.split(" ")[0]), ["GET", "PATCH"]);
  }
});

Deno.test("update() does the same when each request is sent twice unseen", async () => {
  const deployment =
    "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {app: x}}}}\n";
  const before = configMap("a", "1") + configMap("gone", "1") + deployment;
  const fake = await holding(before);
  fake.put(`${CORE}/pods/one`, { metadata: { name: "one", namespace: "here", uid: "u1", labels: { app: "x" } } });
  fake.intercept = ({ method, path }) =>
    method === "PATCH" && path.endsWith("/a") ? refusal(422, "Invalid", "field is immutable") : undefined;
  const told: string[] = [];
  const twice: FakeServer = {
    ...fake,
    transport: async (request) => {
      if (request.method !== "GET") await fake.transport(request);
      return await fake.transport(request);
    },
  };
  await update(twice, before, configMap("a", "2") + configMap("new", "1") + deployment, {
    force: true,
    recreatePods: true,
    report: ({ verb, object }) => told.push(`${verb} ${object}`),
  });
  deepEqual([...fake.objects.keys()].filter((path) => /configmaps|pods/.test(path)).map((path) => path.slice(24)), [
    "configmaps/a",
    "configmaps/new",
  ]);
  deepEqual(fake.objects.get(`${CORE}/configmaps/a`)?.data, { x: "2" });
  deepEqual(told, [
    "replace ConfigMap/a",
    "delete ConfigMap/a",
    "create ConfigMap/a",
    "create ConfigMap/new",
    "unchanged Deployment/d",
    "delete Pod/one",
    "delete ConfigMap/gone",
  ]);
});

Deno.test("update() with cleanupOnFail takes what is gone already for done", async () => {
  const before = configMap("a", "1");
  const fake = await holding(before);
  fake.intercept = ({ method }) => {
    if (method !== "PATCH") return undefined;
    fake.drop(`${CORE}/configmaps/new`);
    return refusal(422, "Invalid", "patch refused");
  };
  await rejects(update(fake, before, configMap("new", "1") + configMap("a", "2"), { cleanupOnFail: true }), {
    message: "patch refused",
  });
});

Deno.test("update() says in which manifest an API is missing", async () => {
  const gone = "{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: i}}";
  const error = 'unable to recognize "": no matches for kind "Ingress" in version "extensions/v1beta1"';
  await rejects(update(fakeServer(), gone, ""), {
    message: "current release manifest contains removed kubernetes api(s) for this kubernetes version and it is " +
      `therefore unable to build the kubernetes objects for performing the diff. error from kubernetes: ${error}`,
  });
  await rejects(update(fakeServer(), "", gone), {
    message: "new release manifest contains removed kubernetes api(s) for this kubernetes version and it is " +
      `therefore unable to build the kubernetes objects for deployment. error from kubernetes: ${error}`,
  });
  await rejects(update(fakeServer(), "", "a: 1"), {
    message: `failed decoding reader into objects: unable to decode "": Object 'Kind' is missing in '{"a":1}'`,
  });
});

Deno.test("update() follows a kind that moved to another of Kubernetes' own groups", async () => {
  const old = "{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: c}}";
  const fake = await holding(old);
  await update(fake, old, old.replace("{name: c}", "{name: c, labels: {a: b}}"));
  equal(fake.log.filter((line) => line.startsWith("PATCH")).length, 1);
});

Deno.test("update() takes equal kinds of two foreign groups for two objects", async () => {
  const thing = (group: string): string => `{apiVersion: ${group}.example.com/v1, kind: Thing, metadata: {name: t}}`;
  const fake = await holding(thing("one"));
  await update(fake, thing("one"), thing("two"));
  deepEqual(fake.log.map((line) => line.replace(/\/namespaces.*/, "")), [
    "GET /apis/two.example.com/v1",
    "POST /apis/two.example.com/v1",
    "GET /apis/one.example.com/v1",
    "DELETE /apis/one.example.com/v1",
  ]);
});

Deno.test("update() of a manifest that names one object twice sees the first when it comes to the second", async () => {
  await rejects(update(fakeServer(), "", configMap("a", "1") + configMap("a", "2")), {
    message: /^kind ConfigMap with the name "a" in "here" already exists/,
  });
});

Deno.test("update() to nothing from nothing is fine", async () => {
  await update(fakeServer(), "", "# words only");
});

/** Answers changes late, and counts concurrent ones; `log` records when each began and ended. */
function slowly(fake: ReturnType<typeof fakeServer>, method: string): { most: number; log: string[] } {
  const seen = { most: 0, log: [] as string[] };
  let now = 0;
  fake.intercept = async (request) => {
    if (request.method === "GET") return undefined;
    const name = request.path.split("/").pop() ?? "";
    seen.log.push(`+${name}`);
    if (request.method === method) seen.most = Math.max(seen.most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (request.method === method) now--;
    seen.log.push(`-${name}`);
    return undefined;
  };
  return seen;
}

Deno.test("update() sends the patches of one kind together, and ends a kind before the next begins", async () => {
  const names = Array.from({ length: 6 }, (_, index) => `m${index}`);
  const secret = (value: string) =>
    `---\n{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {x: ${btoa(value)}}}\n`;
  const manifest = (value: string) => names.map((name) => configMap(name, value)).join("") + secret(value);
  const fake = await holding(manifest("1"));
  const seen = slowly(fake, "PATCH");
  await update(fake, manifest("1"), manifest("2"));
  equal(seen.most, 6);
  deepEqual(seen.log.slice(-2), ["+s", "-s"]);
});

Deno.test("update() changes nothing behind a new object that is refused", async () => {
  const fake = await holding(configMap("a", "1") + configMap("c", "1"));
  fake.intercept = ({ method }) => method === "POST" ? refusal(403, "Forbidden", "no") : undefined;
  const before = configMap("a", "1") + configMap("c", "1");
  await rejects(update(fake, before, configMap("a", "2") + configMap("b", "2") + configMap("c", "2")), {
    message: "failed to create resource: no",
  });
  deepEqual(fake.objects.get(`${CORE}/configmaps/a`)?.data, { x: "2" });
  deepEqual(fake.objects.get(`${CORE}/configmaps/c`)?.data, { x: "1" });
});

Deno.test("update() that is cancelled waits for what is on its way", async () => {
  const names = Array.from({ length: 400 }, (_, index) => `m${index}`);
  const manifest = (value: string) => names.map((name) => configMap(name, value)).join("");
  const fake = await holding(manifest("1"));
  const seen = slowly(fake, "PATCH");
  const slow = fake.intercept;
  const aborter = new AbortController();
  fake.intercept = (request) => {
    if (seen.log.length === 3) aborter.abort();
    return slow?.(request);
  };
  await rejects(update(fake, manifest("1"), manifest("2"), { signal: aborter.signal }), { kind: "aborted" });
  equal(seen.log.filter((line) => line[0] === "+").length, seen.log.filter((line) => line[0] === "-").length);
  ok(seen.log.length > 0 && seen.log.length < 400);
});

/** Refuses the patch of one ConfigMap. */
function refusePatchOf(fake: FakeServer, name: string): void {
  fake.intercept = ({ method, path }) =>
    method === "PATCH" && path.endsWith(`/${name}`) ? refusal(422, "Invalid", "field is immutable") : undefined;
}

// Pins Q50.
Deno.test("update() that fails puts back what it changed, when that is asked for", async () => {
  const before = configMap("a", "1") + configMap("b", "1");
  const fake = await holding(before);
  refusePatchOf(fake, "b");
  const told: KubeProgress[] = [];
  const target = configMap("a", "2") + configMap("new", "1") + configMap("b", "2");
  const options = { putBackOnFail: true, report: (progress: KubeProgress) => told.push(progress) };
  await rejects(update(fake, before, target, options), { message: "field is immutable" });
  deepEqual(fake.objects.get(`${CORE}/configmaps/a`)?.data, { x: "1" });
  equal(fake.objects.has(`${CORE}/configmaps/new`), false);
  deepEqual(told.map(({ verb, object }) => `${verb} ${object}`), [
    "update ConfigMap/a",
    "create ConfigMap/new",
    "restore ConfigMap/a",
    "restore ConfigMap/new",
  ]);
});

Deno.test("update() that fails keeps what was missing of the old manifest and is there again", async () => {
  const before = configMap("a", "1") + configMap("b", "1") + configMap("lost", "1");
  const fake = await holding(configMap("a", "1") + configMap("b", "1"));
  refusePatchOf(fake, "b");
  const target = configMap("lost", "1") + configMap("b", "2");
  await rejects(update(fake, before, target, { putBackOnFail: true }), { message: "field is immutable" });
  equal(fake.objects.has(`${CORE}/configmaps/lost`), true);
});

Deno.test("update() says what it could not put back", async () => {
  const before = configMap("a", "1") + configMap("b", "1");
  const fake = await holding(before);
  let patches = 0;
  fake.intercept = ({ method }) =>
    method === "PATCH" && ++patches > 1 ? refusal(422, "Invalid", "field is immutable") : undefined;
  const told: KubeProgress[] = [];
  const options = { putBackOnFail: true, report: (progress: KubeProgress) => told.push(progress) };
  await rejects(update(fake, before, configMap("a", "2") + configMap("b", "2"), options));
  ok(told.some(({ detail }) => detail === "ConfigMap/a could not be restored:  field is immutable"));
});

Deno.test("update() takes an object over when it may: it gets what the manifest says and keeps the rest", async () => {
  const fake = await holding(configMap("a", "1"));
  fake.put(`${CORE}/configmaps/a`, { ...fake.objects.get(`${CORE}/configmaps/a`), data: { x: "1", y: "theirs" } });
  const asked: string[] = [];
  await update(fake, "", configMap("a", "2"), {
    adopt: ([found], refusal) => {
      asked.push(`${found?.info.name} ${found?.metadata.name}: ${refusal.kind}`);
      return Promise.resolve();
    },
  });
  deepEqual(asked, ["a a: exists"]);
  deepEqual(fake.objects.get(`${CORE}/configmaps/a`)?.data, { x: "2", y: "theirs" });
});

Deno.test("update() deletes of what is gone from the manifest only what it may", async () => {
  const before = configMap("a", "1") + configMap("b", "1");
  const fake = await holding(before);
  await update(fake, before, "", {
    mayDelete: (found) => Promise.resolve(found.filter(({ info }) => info.name === "a")),
  });
  deepEqual([...fake.objects.keys()].filter((path) => path.includes("configmaps")), [`${CORE}/configmaps/b`]);
});
