import { deepEqual, equal } from "node:assert/strict";
import { KubeManifest } from "./manifest.ts";
import { secretValues, withoutSecrets } from "./secret_values.ts";

const MANIFEST = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: a}
  data: {one: ${btoa("first-value")}, short: ${btoa("ab")}}
  stringData: {two: second, key: "BEGIN-OF-KEY\\nbodyofthekey\\n"}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {three: not-secret}}
---
apiVersion: example.com/v1
kind: Secret
metadata: {name: c}
data: {four: another-kind}
---
not: [yaml
`;

Deno.test("secretValues() has data decoded and as it is, stringData, and the lines of long values, longest first", () => {
  deepEqual(
    secretValues([new KubeManifest(MANIFEST)]),
    [
      "BEGIN-OF-KEY\nbodyofthekey",
      btoa("first-value"),
      "BEGIN-OF-KEY",
      "bodyofthekey",
      "first-value",
      "second",
      "YWI=",
    ].sort((a, b) => b.length - a.length),
  );
});

Deno.test("withoutSecrets() masks a line of a key", () => {
  equal(withoutSecrets("key bodyofthekey, second", secretValues([new KubeManifest(MANIFEST)])), "key ***, ***");
});
