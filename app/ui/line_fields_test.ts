import { deepEqual, throws } from "node:assert/strict";
import { fieldAtLine } from "./line_fields.ts";

const MANIFEST = `---
# Source: web/templates/a.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    example.com/a.b: "x"
spec:
  ports:
  - name: http
    port: 80
  - name: https
    port: 443
---
# Source: web/templates/b.yaml
kind: ConfigMap
metadata: {name: conf}
data:
  text: |
    first: line
    second
  other: x
`;

Deno.test("fieldAtLine() finds the innermost field that begins on a line or before it", () => {
  const at = (line: number): string => {
    const { object, path } = fieldAtLine(MANIFEST, line);
    return `${object} ${path}`;
  };
  deepEqual([2, 4, 8, 9, 12, 13, 14, 18, 21, 22, 23].map(at), [
    "Service/web ",
    "Service/web kind",
    'Service/web metadata.annotations["example.com/a.b"]',
    "Service/web spec",
    "Service/web spec.ports[0].port",
    "Service/web spec.ports[1].name",
    "Service/web spec.ports[1].port",
    "ConfigMap/conf metadata.name",
    "ConfigMap/conf data.text",
    "ConfigMap/conf data.text",
    "ConfigMap/conf data.other",
  ]);
});

Deno.test("fieldAtLine() refuses lines that belong to no object", () => {
  for (const line of [1, 15, 999]) throws(() => fieldAtLine(MANIFEST, line), { kind: "not-found" });
  throws(() => fieldAtLine("- a\n- b\n", 1), { kind: "not-found" });
  throws(() => fieldAtLine("kind: [\n", 1), { kind: "not-found" });
});
