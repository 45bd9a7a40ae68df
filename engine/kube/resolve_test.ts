import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeServer } from "../../tests/_lib/fake_kube_server.ts";
import { createDiscovery } from "./discovery.ts";
import { KubeManifest } from "./manifest.ts";
import { resolveObjects } from "./resolve.ts";
import type { ResourceInfo } from "./types.ts";

function build(manifest: string, namespace = "here"): Promise<ResourceInfo[]> {
  return resolveObjects(createDiscovery(fakeServer().transport), namespace, new KubeManifest(manifest));
}

async function names(manifest: string): Promise<string[]> {
  return (await build(manifest)).map(({ resource, namespace, name }) => `${resource.kind} ${namespace}/${name}`);
}

Deno.test("resolveObjects() reads documents as a release stores them", async () => {
  deepEqual(
    await names(`
---
# Source: a/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
---
# Source: a/templates/only-words.yaml
# nothing here
---
# Source: a/templates/b.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: there}
---
null
---   
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: c, namespace: there}
`),
    ["ConfigMap here/a", "Deployment there/b", "ClusterRole /c"],
  );
});

Deno.test("resolveObjects() writes the namespace into the object, and takes it out of a cluster-scoped one", async () => {
  const [map, role] = await build(
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n" +
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c, namespace: x}}",
  );
  equal(map?.object.metadata?.namespace, "here");
  equal(role?.object.metadata?.namespace, undefined);
});

Deno.test("resolveObjects() accepts a core kind without an apiVersion", async () => {
  deepEqual(await names("kind: ConfigMap\nmetadata: {name: a}\n"), ["ConfigMap here/a"]);
});

Deno.test("resolveObjects() expands lists, lists in lists too, and fills in what the items lack", async () => {
  deepEqual(
    await names(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: a}}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - metadata: {name: b}
  - metadata: {name: c, namespace: there}
`),
    ["Secret here/a", "ConfigMap here/b", "ConfigMap there/c"],
  );
});

Deno.test("resolveObjects() reads a stream that begins with a brace as JSON", async () => {
  deepEqual(
    await names(
      ' {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"}\\"{"}}\n' +
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    ),
    ["ConfigMap here/a", "ConfigMap here/b"],
  );
});

Deno.test("resolveObjects() of nothing is nothing", async () => {
  deepEqual(await build(""), []);
  deepEqual(await build("\n---\n# words\n---\n"), []);
});

Deno.test("resolveObjects() names an unknown kind in the words of Helm 2", async () => {
  await rejects(build("{apiVersion: example.com/v1, kind: Nothing, metadata: {name: a}}"), {
    kind: "kube",
    message: 'unable to recognize "": no matches for kind "Nothing" in version "example.com/v1"',
  });
});

Deno.test("resolveObjects() shows a document without a kind", async () => {
  await rejects(build("b: 1\na: <x>\n"), {
    kind: "kube",
    message: `unable to decode "": Object 'Kind' is missing in '{"a":"\\u003cx\\u003e","b":1}'`,
  });
});

Deno.test("resolveObjects() words what is wrong with a list as Helm 2 does", async () => {
  const cases: [string, string][] = [
    [
      "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Nope}]}",
      'unable to recognize no matches for kind "Nope" in version "v1"',
    ],
    [
      "{apiVersion: v1, kind: List, items: [{apiVersion: v1}]}",
      `unable to get type info from the object "*unstructured.Unstructured": ` +
      "Object 'Kind' is missing in 'object has no kind field '",
    ],
    [
      "{apiVersion: v1, kind: List, items: [text]}",
      'unable to decode "": json: cannot unmarshal string into Go value of type map[string]interface {}',
    ],
    [
      "{apiVersion: v1, kind: ConfigMap, items: 7}",
      'unable to decode "": json: cannot unmarshal number into Go struct field decodeList.Items of type []json.RawMessage',
    ],
    [
      "{apiVersion: a/b/c, kind: ConfigMap}",
      `unable to decode "": Object 'Kind' is missing in '{"apiVersion":"a/b/c","kind":"ConfigMap"}'`,
    ],
  ];
  // A list in flow style begins with a brace, which would make it JSON.
  for (const [manifest, message] of cases) await rejects(build(`# YAML\n${manifest}`), { kind: "kube", message });
});

Deno.test("resolveObjects() gives several errors as a list, equal ones once", async () => {
  const bad = "{apiVersion: example.com/v1, kind: Nothing, metadata: {name: a}}";
  await rejects(build(`${bad}\n---\n${bad}\n---\na: 1\n`), {
    message: `[unable to recognize "": no matches for kind "Nothing" in version "example.com/v1", ` +
      `unable to decode "": Object 'Kind' is missing in '{"a":1}']`,
  });
});

Deno.test("resolveObjects() stops at text that is not YAML", async () => {
  await rejects(
    build("a: [\n"),
    (error: Error) => /^error parsing : error converting YAML to JSON: yaml: /.test(error.message),
  );
});

Deno.test("resolveObjects() asks for discovery again when a kind is missing, once", async () => {
  const fake = fakeServer();
  let asked = 0;
  const discovery = createDiscovery((request) => {
    if (request.path === "/apis") asked += 1;
    return fake.transport(request);
  });
  const resolve = (text: string) => resolveObjects(discovery, "here", new KubeManifest(text));
  await rejects(resolve("{apiVersion: a/v1, kind: X}"), { kind: "kube" });
  equal(asked, 2);
  await resolve("{apiVersion: v1, kind: Secret, metadata: {name: a}}");
  equal(asked, 2);
});

Deno.test("resolveObjects() with skipUnresolved leaves out documents, whatever is wrong with them", async () => {
  const resolve = (text: string) =>
    resolveObjects(createDiscovery(fakeServer().transport), "here", new KubeManifest(text), { skipUnresolved: true });
  const good = "{apiVersion: v1, kind: Secret, metadata: {name: a}}";
  const list = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret}, {apiVersion: v1, kind: Nope}]}";
  const found = await resolve(`# YAML\n${list}\n---\n{apiVersion: gone/v1, kind: No}\n---\na: [\n---\n${good}\n`);
  deepEqual(found.map(({ name }) => name), ["a"]);
  deepEqual(await resolve("{apiVersion: gone/v1, kind: No}"), []);
});

Deno.test("resolveObjects() has Helm's words for either side of an update", async () => {
  const discovery = createDiscovery(fakeServer().transport);
  const resolve = (text: string, side: "current" | "new") =>
    resolveObjects(discovery, "here", new KubeManifest(text), { side });
  await rejects(resolve("{apiVersion: gone/v1, kind: Nope}", "current"), {
    message: "current release manifest contains removed kubernetes api(s) for this kubernetes version and it is " +
      "therefore unable to build the kubernetes objects for performing the diff. error from kubernetes: unable to " +
      'recognize "": no matches for kind "Nope" in version "gone/v1"',
  });
  await rejects(resolve("a: 1\n", "new"), {
    message: `failed decoding reader into objects: unable to decode "": Object 'Kind' is missing in '{"a":1}'`,
  });
});
