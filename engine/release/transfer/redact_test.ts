import { deepEqual, equal, match, ok } from "node:assert/strict";
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

Deno.test("redactedRelease() masks variables with secret names, in values, manifests and wherever they are quoted", () => {
  const release = someRelease({
    config: { raw: "env:\n- {name: DB_PASSWORD, value: canary-given}\n- {name: API_TOKEN, value: 12345678}\n" },
    manifest: `
---
# Source: web/templates/a.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        args: ["--db-password", canary-argument, "--port", "8080"]
        env:
        - {name: DB_PASSWORD, value: canary-given}
        - {name: OTHER_TOKEN, value: "canary-rendered"}
        - {name: PIN_SECRET, value: "7"}
        - {name: COLOUR, value: blue}
        - name: REF_TOKEN
          valueFrom: {secretKeyRef: {name: web, key: token}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  # canary-rendered is in a comment
  url: "x?canary-rendered=1&y=12345678"
`,
  });
  const { manifest } = redactedRelease(release, secretsOf([release]));
  ok(!/canary|12345678|"7"/.test(manifest), manifest);
  match(manifest, /name: DB_PASSWORD\n +value: ['"]\*\*\*['"]/);
  match(manifest, /# Source: web\/templates\/a\.yaml/);
  match(manifest, /value: blue/);
  match(manifest, /key: token/);
});

Deno.test("redactedRelease() masks the lines of a long secret wherever they are indented", () => {
  const release = someRelease({
    config: { raw: "credentialsFile: |\n  s3user canary-alpha\n  s3pass canary-bravo\n" },
    manifest:
      "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata:\n  f: |\n    [s3]\n      s3user canary-alpha\n      s3pass canary-bravo\n",
    info: {
      description: "",
      status: { code: "DEPLOYED", resources: "", notes: "Use:\n    s3user canary-alpha\n    s3pass canary-bravo\n" },
    },
  });
  const { manifest, info } = redactedRelease(release, secretsOf([release]));
  ok(!/canary/.test(manifest + info.status.notes), manifest);
  match(manifest, /\[s3\]/);
});

Deno.test("redactedObject() masks numbers as a whole, and keeps names, kinds and fields", () => {
  const release = someRelease({
    config: {
      raw: "keycloak: {port: 8080}\nauth: {mode: Service, name: web-auth, field: ports}\nadmin: {secret: blue}\n",
    },
  });
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web-auth", namespace: "blue", labels: { app: "web-auth", ports: "1" } },
    spec: { ports: [{ port: 8080, nodePort: 18080, name: "http" }], selector: { ports: "at-8080" } },
  };
  const redacted = redactedObject(service, secretsOf([release], [service]));
  deepEqual(redacted, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web-auth", namespace: "blue", labels: { app: "***", ports: "1" }, annotations: {} },
    spec: { ports: [{ port: "***", nodePort: 18080, name: "http" }], selector: { ports: "at-***" } },
  });
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: [{ env: [{ name: "DB_PASSWORD", value: "canary-live" }], args: ["canary-live"] }] },
  };
  const text = JSON.stringify(redactedObject(pod, secretsOf([release], [pod])));
  ok(!/canary/.test(text), text);
});
