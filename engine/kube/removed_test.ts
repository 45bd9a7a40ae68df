import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { SkegError } from "../../errors.ts";
import { type FakeServer, fakeServer, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText } from "../../tests/_lib/kube_by_text.ts";
import { decodeDocument } from "./yaml.ts";

const DEPLOYMENT = `# Source: web/templates/all.yaml
kind: Deployment
apiVersion: extensions/v1beta1 # old
metadata:
  name: web
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: b}]}
`;
const INGRESS = `# Source: web/templates/ingress.yaml
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web}
spec: {backend: {serviceName: web, servicePort: 80}}
`;
const ROLE = "apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: ClusterRole\nmetadata: {name: r} # as it was\n";
const POLICY = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\n";
const PLAIN =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |\n    apiVersion: extensions/v1beta1\n    kind: Deployment\n";
const stored = (...documents: string[]): string => documents.map((text) => `\n---\n${text.trimEnd()}`).join("");

const decoded = (manifest: string): unknown[] =>
  manifest.split(/^---$/m).map((text) => decodeDocument(text)).filter((data) => data !== null);

async function mapped(
  fake: FakeServer,
  use: "original" | "target" | "create" | "identify",
  manifest: string,
  more = {},
) {
  const [result] = await kubeByText(fake).mapRemoved("here", [{ manifest, use }], more);
  ok(result);
  return result;
}

Deno.test("mapRemoved() returns the very text, and asks for no object, where the server has all that it names", async () => {
  const fake = fakeServer();
  const manifest = stored(PLAIN, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}");
  for (const use of ["original", "target", "create", "identify"] as const) {
    deepEqual(await mapped(fake, use, manifest), { manifest, documents: [] });
  }
  deepEqual(fake.log, []);
});

Deno.test("mapRemoved() replaces the API version in place where nothing else changes, and leaves other documents alone", async () => {
  const { manifest, documents } = await mapped(fakeServer(), "target", stored(PLAIN, ROLE));
  equal(manifest, stored(PLAIN, ROLE.replace("v1beta1", "v1")));
  deepEqual(documents, [{
    object: 'ClusterRole "r"',
    source: undefined,
    from: "rbac.authorization.k8s.io/v1beta1",
    to: "rbac.authorization.k8s.io/v1",
    changes: [],
  }]);
});

Deno.test("mapRemoved() takes the selector from the live object, and old defaults only where there is none", async () => {
  const fake = fakeServer();
  const path = "/apis/apps/v1/namespaces/here/deployments/web";
  const create = decoded((await mapped(fake, "target", stored(DEPLOYMENT))).manifest)[0] as {
    spec: Record<string, unknown>;
  };
  deepEqual(create.spec.selector, { matchLabels: { app: "web" } });
  equal(create.spec.revisionHistoryLimit, 2147483647);
  fake.put(path, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { selector: { matchLabels: { app: "web" } } },
  });
  fake.log.length = 0;
  const [old, target] = await kubeByText(fake).mapRemoved("here", [
    { manifest: stored(DEPLOYMENT), use: "original" },
    { manifest: stored(DEPLOYMENT), use: "target" },
  ]);
  equal(old?.manifest, target?.manifest);
  const patch = decoded(target?.manifest ?? "")[0] as { spec: Record<string, unknown> };
  deepEqual(Object.keys(patch.spec).sort(), ["selector", "template"]);
  deepEqual(fake.log, [`GET ${path}`]); // both sides use the same live object
});

Deno.test("mapRemoved() leaves out of an original, and of what is to be found, what no server has", async () => {
  for (const use of ["original", "identify"] as const) {
    const { manifest, documents } = await mapped(fakeServer(), use, stored(PLAIN, POLICY));
    equal(manifest, stored(PLAIN));
    deepEqual(documents.map(({ object, to }) => [object, to]), [['PodSecurityPolicy "p"', undefined]]);
  }
});

Deno.test("mapRemoved() refuses a target with every object in one error, and names the way out", async () => {
  const odd = DEPLOYMENT.replace("name: web", "name: odd").replace(
    "spec:\n",
    "spec:\n  selector: {matchLabels: {app: other}}\n",
  );
  const fake = fakeServer();
  fake.put("/apis/apps/v1/namespaces/here/deployments/odd", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "odd" },
    spec: { selector: { matchLabels: { app: "web" } } },
  });
  await rejects(mapped(fake, "target", stored(POLICY, odd, INGRESS)), (error: SkegError) => {
    match(error.message, /^2 objects name API versions/);
    match(error.message, /PodSecurityPolicy "p"/);
    match(error.message, /Deployment "odd".*web\/templates\/all\.yaml/);
    match(error.details ?? "", /--skip-removed/);
    return true;
  });
  deepEqual(fake.log.filter((line) => !line.startsWith("GET ")), []);
  const { manifest } = await mapped(fake, "target", stored(POLICY, INGRESS), { skipRemoved: true });
  equal(decoded(manifest).length, 1);
});

Deno.test("mapRemoved() passes over, in a target, what the original names and no server has", async () => {
  const both = [{ manifest: stored(POLICY, PLAIN), use: "original" }, {
    manifest: stored(POLICY, PLAIN),
    use: "target",
  }] as const;
  const results = await kubeByText(fakeServer()).mapRemoved("here", both);
  deepEqual(results.map(({ manifest }) => manifest), [stored(PLAIN), stored(PLAIN)]);
});

Deno.test("mapRemoved() maps the items of lists, each by itself", async () => {
  const list =
    `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: i}, spec: {backend: {serviceName: s, servicePort: http}}}\n- {apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: p}}\n`;
  const { manifest } = await mapped(fakeServer(), "original", stored(list));
  const [data] = decoded(manifest) as { kind: string; items: { apiVersion: string; spec?: unknown }[] }[];
  deepEqual(data?.items.map(({ apiVersion }) => apiVersion), ["v1", "networking.k8s.io/v1"]);
  deepEqual(data?.items[1]?.spec, { defaultBackend: { service: { name: "s", port: { name: "http" } } } });
  const bare = `apiVersion: extensions/v1beta1\nkind: IngressList\nitems:\n- {metadata: {name: i}}\n`;
  const { manifest: single } = await mapped(fakeServer(), "identify", bare);
  const built = await kubeByText(fakeServer()).resolve("here", single);
  deepEqual(built.map(({ resource, name }) => [resource.group, resource.kind, name]), [[
    "networking.k8s.io",
    "Ingress",
    "i",
  ]]);
});

Deno.test("mapRemoved() keeps the error for kinds that Kubernetes never had, and finds those whose version was dropped", async () => {
  const thing = (version: string): string =>
    `{apiVersion: one.example.com/${version}, kind: Thing, metadata: {name: t}}`;
  const fake = fakeServer();
  deepEqual((await mapped(fake, "target", thing("v1alpha1"))).documents, []);
  match((await mapped(fake, "identify", thing("v1alpha1"))).manifest, /one\.example\.com\/v1"?,/);
  deepEqual(
    (await mapped(fake, "identify", "{apiVersion: no.example.com/v1, kind: None, metadata: {name: t}}")).documents,
    [],
  );
});

Deno.test("mapRemoved() passes a failure on when a live object cannot be read", async () => {
  const fake = fakeServer();
  fake.intercept = () => refusal(403, "Forbidden", "deployments.apps is forbidden");
  await rejects(mapped(fake, "target", stored(DEPLOYMENT)), { message: "deployments.apps is forbidden" });
});

Deno.test("findRemoved() says of each document where it is from, since when it is gone, and what to use", async () => {
  const found = await kubeByText(fakeServer()).findRemoved([stored(DEPLOYMENT, PLAIN), INGRESS, POLICY]);
  deepEqual(found.map(({ object, source, from, to }) => [object, source, from, to]), [
    ['Deployment "web"', "web/templates/all.yaml", "extensions/v1beta1", "apps/v1"],
    ['Ingress "web"', "web/templates/ingress.yaml", "extensions/v1beta1", "networking.k8s.io/v1"],
    ['PodSecurityPolicy "p"', undefined, "policy/v1beta1", undefined],
  ]);
  match(found[0]?.changes[0] ?? "", /1\.16.*apps\/v1/);
  match(found[2]?.changes[0] ?? "", /1\.25/);
});
