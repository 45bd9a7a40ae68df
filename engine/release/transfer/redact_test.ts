import { equal, match, ok } from "node:assert/strict";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { redactedObject, redactedRelease, secretsOf } from "./redact.ts";

/** Every one of them must be gone. */
const CANARIES = {
  value: "canary-in-a-value",
  password: "canary-of-a-password",
  secret: "canary-of-a-secret",
  short: "pin7",
  live: "canary-of-a-live-secret",
  address: "canary-in-an-address",
  folded: "canary one two",
};

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

const MANIFEST = `
---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  token: "${CANARIES.secret}"
  pin: "x"
  folded: >-
    canary
    one two
data: {short: ${base64(CANARIES.short)}}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: listed}
  data: {a: ${base64("canary-listed")}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - image: nginx
        env:
        - {name: A, value: "${CANARIES.password}"}
        - {name: B, value: "postgres://ann:${CANARIES.address}@db/x"}
        - {name: C, value: "${CANARIES.secret}"}
---
{broken: [canary-broken
`;

const LIVE = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "web",
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": `{"data":"${CANARIES.live}"}`, mine: "1" },
  },
  data: { a: base64(CANARIES.live) },
};

const RELEASE = someRelease({
  manifest: MANIFEST,
  config: { raw: `plain: ${CANARIES.value}\ndb:\n  password: ${CANARIES.password}\n` },
  hooks: [{
    name: "h",
    kind: "Secret",
    path: "h.yaml",
    manifest: `apiVersion: v1\nkind: Secret\nmetadata: {name: h}\nstringData: {a: canary-of-a-hook}\n`,
    events: ["pre-install"],
    weight: 0,
    deletePolicies: [],
    deleteTimeoutSeconds: 0,
  }],
  info: {
    description: `failed with ${CANARIES.secret}`,
    status: { code: "FAILED", resources: "", notes: `Your password is ${CANARIES.password}` },
  },
});

Deno.test("redactedRelease() leaves no value and no secret in a release, in any of its texts", () => {
  const redacted = redactedRelease(RELEASE, secretsOf([RELEASE], [LIVE]));
  const text = JSON.stringify(
    redacted,
    (_, value) => value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
  ok(!/canary/.test(text), text.replaceAll("\\n", "\n"));
  for (const canary of Object.values(CANARIES)) ok(!text.includes(canary) && !text.includes(base64(canary)), canary);
  // What is not secret stays readable.
  match(redacted.manifest, /image: nginx/);
  match(redacted.manifest, /pin: ['"]\*\*\*['"]/);
  equal(redacted.info.status.code, "FAILED");
});

Deno.test("redactedObject() leaves out a Secret's data, and kubectl's copy of it", () => {
  const text = JSON.stringify(redactedObject(LIVE, secretsOf([RELEASE], [LIVE])));
  ok(!/canary/.test(text) && !text.includes(base64(CANARIES.live)), text);
  match(text, /"mine":"1"/);
});
