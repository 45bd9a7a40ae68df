import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { fakeServer } from "../../tests/_lib/fake_kube_server.ts";
import { createDiscovery } from "./discovery.ts";
import { buildObjects, splitDocuments } from "./objects.ts";
import type { ResourceInfo } from "./types.ts";

function build(manifest: string, namespace = "here"): Promise<ResourceInfo[]> {
  return buildObjects(createDiscovery(fakeServer().transport), namespace, manifest);
}

async function names(manifest: string): Promise<string[]> {
  return (await build(manifest)).map(({ resource, namespace, name }) => `${resource.kind} ${namespace}/${name}`);
}

Deno.test("buildObjects() reads documents as a release stores them", async () => {
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

Deno.test("buildObjects() writes the namespace into the object, and takes it out of a cluster-scoped one", async () => {
  const [map, role] = await build(
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n" +
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c, namespace: x}}",
  );
  equal(map?.object.metadata?.namespace, "here");
  equal(role?.object.metadata?.namespace, undefined);
});

Deno.test("buildObjects() accepts a core kind without an apiVersion", async () => {
  deepEqual(await names("kind: ConfigMap\nmetadata: {name: a}\n"), ["ConfigMap here/a"]);
});

Deno.test("buildObjects() expands lists, lists in lists too, and fills in what the items lack", async () => {
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

Deno.test("buildObjects() reads a stream that begins with a brace as JSON", async () => {
  deepEqual(
    await names(
      ' {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"}\\"{"}}\n' +
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    ),
    ["ConfigMap here/a", "ConfigMap here/b"],
  );
});

Deno.test("buildObjects() of nothing is nothing", async () => {
  deepEqual(await build(""), []);
  deepEqual(await build("\n---\n# words\n---\n"), []);
});

Deno.test("buildObjects() names an unknown kind in the words of Helm 2", async () => {
  await rejects(build("{apiVersion: example.com/v1, kind: Nothing, metadata: {name: a}}"), {
    kind: "kube",
    message: 'unable to recognize "": no matches for kind "Nothing" in version "example.com/v1"',
  });
});

Deno.test("buildObjects() shows a document without a kind", async () => {
  await rejects(build("b: 1\na: <x>\n"), {
    kind: "kube",
    message: `unable to decode "": Object 'Kind' is missing in '{"a":"\\u003cx\\u003e","b":1}'`,
  });
});

Deno.test("buildObjects() words what is wrong with a list as Helm 2 does", async () => {
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

Deno.test("buildObjects() gives several errors as a list, equal ones once", async () => {
  const bad = "{apiVersion: example.com/v1, kind: Nothing, metadata: {name: a}}";
  await rejects(build(`${bad}\n---\n${bad}\n---\na: 1\n`), {
    message: `[unable to recognize "": no matches for kind "Nothing" in version "example.com/v1", ` +
      `unable to decode "": Object 'Kind' is missing in '{"a":1}']`,
  });
});

Deno.test("buildObjects() stops at text that is not YAML", async () => {
  await rejects(
    build("a: [\n"),
    (error: Error) => /^error parsing : error converting YAML to JSON: yaml: /.test(error.message),
  );
});

Deno.test("buildObjects() asks for discovery again when a kind is missing, once", async () => {
  const fake = fakeServer();
  let asked = 0;
  const discovery = createDiscovery((request) => {
    if (request.path === "/apis") asked += 1;
    return fake.transport(request);
  });
  await rejects(buildObjects(discovery, "here", "{apiVersion: a/v1, kind: X}"), { kind: "kube" });
  equal(asked, 2);
  await buildObjects(discovery, "here", "{apiVersion: v1, kind: Secret, metadata: {name: a}}");
  equal(asked, 2);
});

Deno.test("splitDocuments() ends the last document in a line break, which a block scalar keeps", () => {
  deepEqual(splitDocuments("a: |\n  text"), ["a: |\n  text\n"]);
});

Deno.test("splitDocuments() cuts only at lines of three dashes and blanks", () => {
  deepEqual(splitDocuments("a: 1\n--- \t\r\nb: 1\n--- # no cut\nc: 1\n ---\n----\n"), [
    "a: 1\n",
    "b: 1\n--- # no cut\nc: 1\n ---\n----\n",
  ]);
});

Deno.test("splitDocuments() takes time in proportion to the text, also with quotes that never end", () => {
  const start = performance.now();
  equal(splitDocuments(`{${'\\"'.repeat(300_000)}`).length, 1);
  ok(performance.now() - start < 3000);
});
