import { deepEqual, equal, ok } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { encodeYaml, yamlToJson } from "../../lang/yaml/mod.ts";
import { isServed } from "./_objects.ts";
import { mapDocument } from "./document.ts";
import { mapRemovedApi } from "./map.ts";
import { isEqual } from "./plain.ts";
import { rewriteDocument } from "./rewrite.ts";

const OLD = "rbac.authorization.k8s.io/v1beta1", NEW = "rbac.authorization.k8s.io/v1";

/** Maps all objects of a text's first document, and rewrites the text. */
function rewritten(text: string): string | undefined {
  const before = yamlToJson(text) as KubeObject;
  const after = mapDocument(before, (object) => mapRemovedApi(object, { isServed })).object;
  const result = rewriteDocument(text, before, after, yamlToJson);
  if (result !== undefined) ok(isEqual(yamlToJson(result), after), result);
  return result;
}

/** Only the marked places change. */
function changesOnly(text: string): void {
  const marked = text.replaceAll(/«(.*?)»/g, "$1");
  equal(rewritten(marked), text.replaceAll(/«.*?»/g, NEW));
}

const SPELLINGS: Record<string, string> = {
  "kind before apiVersion": `kind: Role\napiVersion: «${OLD}»\nmetadata: {name: web}\n`,
  "windows line ends": `apiVersion: «${OLD}»\r\nkind: Role\r\nmetadata:\r\n  name: web\r\n`,
  "single quotes": `apiVersion: '«${OLD}»'\nkind: Role\n`,
  "double quotes": `apiVersion: "«${OLD}»"\nkind: Role\n`,
  "a quoted key": `"apiVersion": «${OLD}»\n'kind': Role\n`,
  "a comment behind the value": `apiVersion: «${OLD}» # was ${OLD}\nkind: Role # kind: x\n`,
  "extra spaces": `apiVersion  :    «${OLD}»   \nkind:   Role\n`,
  "a tab": `apiVersion:\t«${OLD}»\nkind: Role\n`,
  "the value on the next line": `apiVersion:\n  # here\n  «${OLD}»\nkind: Role\n`,
  "flow style": `{apiVersion: «${OLD}», kind: Role, metadata: {name: web}}`,
  "flow style over lines": `{\n  kind: Role,\n  apiVersion: «${OLD}»,\n}\n`,
  "JSON": `{"kind":"Role","apiVersion":"«${OLD}»","metadata":{"name":"web"}}`,
  "JSON with spaces": `{ "kind" : "Role",\n "apiVersion" : "«${OLD}»" }\n`,
  "an explicit key": `? apiVersion\n: «${OLD}»\n? kind\n: Role\n`,
  "a tag": `apiVersion: !!str «${OLD}»\nkind: Role\n`,
  "an anchor": `apiVersion: &version «${OLD}»\nkind: Role\n`,
  "a folded scalar": `apiVersion: >-\n  «${OLD}»\nkind: Role\n`,
  "a marker and directives": `%YAML 1.1\n--- # first\napiVersion: «${OLD}»\nkind: Role\n`,
  "comments above": `# Source: web/templates/role.yaml\n# apiVersion: ${OLD}\n\napiVersion: «${OLD}»\nkind: Role\n`,
  "a text that looks like a key": `data: |\n  kind: Role\n  apiVersion: ${OLD}\napiVersion: «${OLD}»\nkind: Role\n`,
  "nested objects with versions":
    `metadata:\n  ownerReferences:\n  - apiVersion: ${OLD}\n    kind: Role\nkind: Role\napiVersion: «${OLD}»\n`,
  "nested objects first": `template:\n  apiVersion: ${OLD}\n  kind: Role\nkind: Role\napiVersion: «${OLD}»\n`,
  "a repeated key, of which the last counts": `apiVersion: ${OLD}\nkind: Role\napiVersion: «${OLD}»\n`,
  "two documents": `apiVersion: «${OLD}»\nkind: Role\n---\napiVersion: ${OLD}\nkind: Role\n`,
  "an end marker": `apiVersion: «${OLD}»\nkind: Role\n...\napiVersion: ${OLD}\n`,
  "no line end": `kind: Role\napiVersion: «${OLD}»`,
  "a byte order mark": `\ufeffapiVersion: «${OLD}»\nkind: Role\n`,
  "a version inside a longer text":
    `metadata:\n  name: ${OLD}-x\n  annotations: {was: "${OLD}"}\napiVersion: «${OLD}»\nkind: Role\n`,
};

for (const [name, text] of Object.entries(SPELLINGS)) {
  Deno.test(`rewriteDocument() replaces the version in place: ${name}`, () => changesOnly(text));
}

Deno.test("rewriteDocument() replaces an alias, and leaves its anchor", () => {
  equal(
    rewritten(`x: &version ${OLD}\napiVersion: *version # here\nkind: Role\n`),
    `x: &version ${OLD}\napiVersion: ${NEW} # here\nkind: Role\n`,
  );
});

Deno.test("rewriteDocument() writes anew where an anchor or a merge is used elsewhere", () => {
  equal(
    rewritten(`apiVersion: &version ${OLD}\nkind: Role\nx: *version\n`),
    `# was ${OLD}\napiVersion: ${NEW}\nkind: Role\nx: ${OLD}\n`,
  );
  equal(
    rewritten(`base: &base {apiVersion: ${OLD}}\n<<: *base\nkind: Role\n`),
    `# was ${OLD}\napiVersion: ${NEW}\nbase:\n  apiVersion: ${OLD}\nkind: Role\n`,
  );
});

Deno.test("rewriteDocument() writes anew what is spelled with escapes", () => {
  equal(
    rewritten(`{"apiVersion":"rbac.authorization.k8s.io\\u002fv1beta1","kind":"Role"}`),
    `# was ${OLD}\napiVersion: ${NEW}\nkind: Role`,
  );
});

Deno.test("rewriteDocument() writes a changed structure anew, under its source", () => {
  const text = [
    "# Source: web/templates/pdb.yaml",
    "# a comment of the chart",
    "kind: PodDisruptionBudget",
    "apiVersion: policy/v1beta1",
    "metadata: {name: web} # name",
    "spec: {minAvailable: 1, selector: {}}",
  ].join("\n");
  equal(
    rewritten(text),
    [
      "# Source: web/templates/pdb.yaml",
      "# was policy/v1beta1",
      "apiVersion: policy/v1",
      "kind: PodDisruptionBudget",
      "metadata:",
      "  name: web",
      "spec:",
      "  minAvailable: 1",
      "  selector:",
      "    matchExpressions:",
      "    - key: pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match",
      "      operator: Exists",
    ].join("\n"),
  );
});

Deno.test("rewriteDocument() keeps the marker above and the documents behind when it writes anew", () => {
  const text =
    "--- # one\n# Source: a.yaml\nspec: {selector: {}}\nkind: PodDisruptionBudget\napiVersion: policy/v1beta1\n---\nkind: Two\n";
  const result = rewritten(text) ?? "";
  ok(result.startsWith("---\n# Source: a.yaml\n# was policy/v1beta1\napiVersion: policy/v1\n"), result);
  ok(result.endsWith("\n---\nkind: Two\n"), result);
});

Deno.test("rewriteDocument() maps each item of a list in place", () => {
  changesOnly(
    [
      "# Source: web/templates/all.yaml",
      "apiVersion: v1",
      "kind: List",
      "items:",
      `- apiVersion: «${OLD}» # one`,
      "  kind: Role",
      "- kind: ConfigMap",
      "  apiVersion: v1",
      `  data: {text: "apiVersion: ${OLD}"}`,
      `- {kind: RoleBinding, apiVersion: '«${OLD}»'}`,
      "",
    ].join("\n"),
  );
});

Deno.test("rewriteDocument() writes a list anew when an item's structure changes", () => {
  const items = [
    { apiVersion: OLD, kind: "Role" },
    { apiVersion: "policy/v1beta1", kind: "PodDisruptionBudget", spec: { selector: {} } },
  ];
  const result = rewritten(encodeYaml({ apiVersion: "v1", kind: "List", items })) ?? "";
  ok(result.startsWith(`# was ${OLD}, policy/v1beta1\napiVersion: v1\nitems:\n- apiVersion: ${NEW}\n`), result);
});

Deno.test("rewriteDocument() replaces a kind and a reference in place as well", () => {
  const before = { apiVersion: "batch/v2alpha1", kind: "ScheduledJob", ref: "extensions/v1beta1" };
  const after = { apiVersion: "batch/v1", kind: "CronJob", ref: "apps/v1" };
  equal(
    rewriteDocument(
      "kind: ScheduledJob # ScheduledJob\napiVersion: batch/v2alpha1\nref: extensions/v1beta1\n",
      before,
      after,
      yamlToJson,
    ),
    "kind: CronJob # ScheduledJob\napiVersion: batch/v1\nref: apps/v1\n",
  );
});

Deno.test("rewriteDocument() gives nothing when the text is not what it is said to be, or cannot be read back", () => {
  const before = { apiVersion: OLD, kind: "Role" }, after = { apiVersion: NEW, kind: "Role" };
  equal(rewriteDocument("kind: Other\n", before, after, yamlToJson), undefined);
  equal(rewriteDocument("a: [", before, after, yamlToJson), undefined);
  const text = encodeYaml(before);
  let reads = 0;
  equal(rewriteDocument(text, before, after, (each) => reads++ === 0 ? yamlToJson(each) : undefined), undefined);
});

Deno.test("rewriteDocument() gives the same text when nothing changed", () => {
  const text = "kind: Role # a\napiVersion: v1\n";
  equal(
    rewriteDocument(text, { kind: "Role", apiVersion: "v1" }, { kind: "Role", apiVersion: "v1" }, yamlToJson),
    text,
  );
});

Deno.test("mapDocument() maps lists in lists, and gives the same document when nothing changed", () => {
  const inner = { apiVersion: "v1", kind: "RoleList", items: [{ apiVersion: OLD, kind: "Role" }] };
  const document = { apiVersion: "v1", kind: "List", items: [inner, null, { apiVersion: "v1", kind: "Service" }] };
  const map = (object: KubeObject) => mapRemovedApi(object, { isServed });
  const { object, changes } = mapDocument(document, map);
  deepEqual(object, {
    ...document,
    items: [{ ...inner, items: [{ apiVersion: NEW, kind: "Role" }] }, ...document.items.slice(1)],
  });
  deepEqual(changes, [`items[0]: items[0]: apiVersion: ${OLD} becomes ${NEW}`]);
  equal(mapDocument(object, map).object, object);
});
