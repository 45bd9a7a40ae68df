/**
 * Documents of removed API versions in all spellings of YAML, through the whole command: the stored text must
 * decode to the mapped object, and nothing else may change.
 *
 * Tools that replace strings fail on these: they want `apiVersion` and `kind` on
 * neighbouring lines, in this order, with these blanks.
 */
import { deepEqual, equal } from "node:assert/strict";
import { splitDocuments } from "../../engine/chart/render/mod.ts";
import { decodeYaml } from "../../mod.ts";
import { withOldRecords } from "../../tests/_lib/old_records.ts";

/** A stored manifest, and the result of the repair. */
interface Spelling {
  readonly name: string;
  readonly before: string;
  /** The text afterwards, when only texts in it change. */
  readonly after?: string;
  /** The decoded documents afterwards, when one is written again. */
  readonly data?: readonly unknown[];
}

const ROLE = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "web" } };
const OLD = "rbac.authorization.k8s.io/v1beta1";
const NEW = "rbac.authorization.k8s.io/v1";

const SPELLINGS: readonly Spelling[] = [
  {
    name: "kind before apiVersion",
    before: `kind: Role\napiVersion: ${OLD}\nmetadata: {name: web}\n`,
    after: `kind: Role\napiVersion: ${NEW}\nmetadata: {name: web}\n`,
  },
  {
    name: "other keys between apiVersion and kind",
    before: `apiVersion: ${OLD}\nmetadata:\n  name: web\nkind: Role\n`,
    after: `apiVersion: ${NEW}\nmetadata:\n  name: web\nkind: Role\n`,
  },
  {
    name: "line ends of Windows",
    before: `\r\n---\r\n# Source: a.yaml\r\napiVersion: ${OLD}\r\nkind: Role\r\nmetadata:\r\n  name: web\r\n`,
    after: `\r\n---\r\n# Source: a.yaml\r\napiVersion: ${NEW}\r\nkind: Role\r\nmetadata:\r\n  name: web\r\n`,
  },
  {
    name: "double quotes",
    before: `apiVersion: "${OLD}"\nkind: "Role"\nmetadata: {name: web}`,
    after: `apiVersion: "${NEW}"\nkind: "Role"\nmetadata: {name: web}`,
  },
  {
    name: "single quotes, and keys in quotes",
    before: `'apiVersion': '${OLD}'\n"kind": 'Role'\nmetadata: {name: web}`,
    after: `'apiVersion': '${NEW}'\n"kind": 'Role'\nmetadata: {name: web}`,
  },
  {
    name: "many blanks, and a comment behind the value",
    before: `apiVersion :    ${OLD}   # old\nkind:\tRole\nmetadata: {name: web}`,
    after: `apiVersion :    ${NEW}   # old\nkind:\tRole\nmetadata: {name: web}`,
  },
  {
    name: "the value on the next line",
    before: `apiVersion:\n  ${OLD}\nkind: Role\nmetadata: {name: web}`,
    after: `apiVersion:\n  ${NEW}\nkind: Role\nmetadata: {name: web}`,
  },
  {
    name: "comments that look like it",
    before: `# apiVersion: ${OLD}\n# kind: Role\napiVersion: ${OLD}\n# kind: Role\nkind: Role\nmetadata: {name: web}`,
    after: `# apiVersion: ${OLD}\n# kind: Role\napiVersion: ${NEW}\n# kind: Role\nkind: Role\nmetadata: {name: web}`,
  },
  {
    name: "flow style",
    before: `{kind: Role, apiVersion: ${OLD}, metadata: {name: web}}`,
    after: `{kind: Role, apiVersion: ${NEW}, metadata: {name: web}}`,
  },
  {
    name: "JSON",
    before: `---\n{"kind":"Role","apiVersion":"${OLD}","metadata":{"name":"web"}}\n`,
    after: `---\n{"kind":"Role","apiVersion":"${NEW}","metadata":{"name":"web"}}\n`,
  },
  {
    name: "JSON with escapes",
    before: `{"kind":"Role","apiVersion":"rbac.authorization.k8s.io\\u002fv1beta1","metadata":{"name":"web"}}`,
    data: [ROLE],
  },
  {
    name: "an anchor on the value, and an alias elsewhere",
    before: `apiVersion: &version ${OLD}\nkind: Role\nmetadata: {name: web, annotations: {was: *version}}`,
    data: [{ ...ROLE, metadata: { name: "web", annotations: { was: OLD } } }],
  },
  {
    name: "an alias as the value",
    before: `metadata: {name: web, annotations: {was: &version ${OLD}}}\nkind: Role\napiVersion: *version`,
    data: [{ ...ROLE, metadata: { name: "web", annotations: { was: OLD } } }],
  },
  {
    name: "merged keys",
    before: `<<: {apiVersion: ${OLD}, kind: Role}\nmetadata: {name: web}`,
    data: [ROLE],
  },
  {
    name: "several documents, none of them behind a separator at the beginning",
    before:
      `kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Role\napiVersion: ${OLD}\nmetadata: {name: web}\n`,
    after:
      `kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Role\napiVersion: ${NEW}\nmetadata: {name: web}\n`,
  },
  {
    name: "separators with blanks and comments, and empty documents",
    before: `---   \n---\n# nothing\n--- # the role\napiVersion: ${OLD}\nkind: Role\nmetadata: {name: web}\n---\t\n`,
    after: `---   \n---\n# nothing\n--- # the role\napiVersion: ${NEW}\nkind: Role\nmetadata: {name: web}\n---\t\n`,
  },
  {
    name: "text in a ConfigMap that looks like it",
    before: `---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  role: |
    apiVersion: ${OLD}
    kind: Role
  line: "apiVersion: ${OLD}\\nkind: Role\\n"
---
apiVersion: ${OLD}
kind: Role
metadata:
  name: web
  annotations:
    applied: |
      {"apiVersion":"${OLD}","kind":"Role"}
`,
    after: `---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  role: |
    apiVersion: ${OLD}
    kind: Role
  line: "apiVersion: ${OLD}\\nkind: Role\\n"
---
apiVersion: ${NEW}
kind: Role
metadata:
  name: web
  annotations:
    applied: |
      {"apiVersion":"${OLD}","kind":"Role"}
`,
  },
  {
    name: "a block at the end that keeps its line breaks",
    before: `apiVersion: ${OLD}\nkind: Role\nmetadata:\n  name: web\n  annotations:\n    note: |+\n      one\n\n\n`,
    after: `apiVersion: ${NEW}\nkind: Role\nmetadata:\n  name: web\n  annotations:\n    note: |+\n      one\n\n\n`,
  },
  {
    name: "a list of objects",
    before: `apiVersion: v1\nkind: List\nitems:\n- apiVersion: ${OLD}\n  kind: Role\n  metadata: {name: web}\n` +
      `- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: Yg==}}\n`,
    after: `apiVersion: v1\nkind: List\nitems:\n- apiVersion: ${NEW}\n  kind: Role\n  metadata: {name: web}\n` +
      `- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: Yg==}}\n`,
  },
  {
    name: "a list whose items have no kind of their own",
    before: `apiVersion: ${OLD}\nkind: RoleList\nitems:\n- metadata: {name: web}\n`,
    data: [{ apiVersion: "v1", kind: "List", items: [ROLE] }],
  },
  {
    name: "a list of a removed version whose items have others",
    before: `apiVersion: ${OLD}\nkind: RoleList\nitems:\n- {apiVersion: ${NEW}, kind: Role, metadata: {name: web}}\n`,
    data: [{ apiVersion: "v1", kind: "List", items: [ROLE] }],
  },
  {
    name: "numbers and texts that YAML could take for others",
    before: `apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web, annotations: {a: "1e3", b: "yes", c: "0x1F", d: "1.10", e: "null", f: "", g: "12:30:45"}}
spec: {backend: {serviceName: web, servicePort: "8080"}}`,
    data: [{
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "web",
        annotations: { a: "1e3", b: "yes", c: "0x1F", d: "1.10", e: "null", f: "", g: "12:30:45" },
      },
      spec: { defaultBackend: { service: { name: "web", port: { name: "8080" } } } },
    }],
  },
];

for (const { name, before, after, data } of SPELLINGS) {
  Deno.test(`repair map-apis maps ${name}`, () =>
    withOldRecords([{ manifest: before }], async (stage) => {
      const { code, stdout, stderr } = await stage.skeg("repair", "map-apis", "web", "--yes");
      equal(code, 0, stdout + stderr);
      const { manifest } = await stage.release("web.v1");
      if (after !== undefined) equal(manifest, after);
      if (data !== undefined) {
        deepEqual(splitDocuments(manifest).map((text) => structuredClone(decodeYaml(text))), data);
      }
      const again = await stage.skeg("repair", "map-apis", "web");
      deepEqual([again.code, again.stdout], [0, "web: nothing to write in 1 record\n"]);
    }));
}
