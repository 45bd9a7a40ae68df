import { equal, match, ok } from "node:assert/strict";
import { type OldRecords, send, withOldRecords } from "../../tests/_lib/old_records.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { REPAIRS } from "../../engine/release/mod.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: web}
data: {password: ${base64("canary-in-data")}, pin: ${base64("k9")}}
stringData: {token: canary-in-a-string}
`;

const MANIFEST = `
---
# Source: web/templates/secret.yaml
${SECRET}---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: listed}, stringData: {a: canary-listed}}
- {apiVersion: rbac.authorization.k8s.io/v1beta1, kind: Role, metadata: {name: listed}, rules: []}
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        args: [--config, "user:canary-in-a-string"]
        env: [{name: DB_PASSWORD, value: canary-variable}]
`;

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "settle": ["--as", "failed"],
  "disown": ["--object", "Secret/web"],
  "prune": ["--keep", "1"],
  "promote": ["--revision", "2"],
};

const OUTPUTS = [[], ["-o", "json"], ["-o", "yaml"], ["--show"], ["--show", "-o", "json"], ["--show", "-o", "yaml"]];

/** Records of two releases with the same Secret. */
const RELEASES = [
  { revision: 1, status: "SUPERSEDED", manifest: MANIFEST },
  { revision: 2, status: "DEPLOYED", manifest: MANIFEST, config: { raw: "password: canary-value\n" } },
  { name: "shop", status: "DEPLOYED", manifest: `\n---\n${SECRET}` },
] as const;

/** Runs a repair with each output, as a preview, and returns what it printed with each. */
async function outputsOf({ skeg }: OldRecords, repair: string): Promise<string[]> {
  const printed: string[] = [];
  for (const output of OUTPUTS) {
    const { stdout, stderr } = await skeg("repair", repair, "web", ...OPTIONS[repair] ?? [], ...output);
    const all = stdout + stderr;
    const secrets = ["canary", base64("canary-in-data"), base64("k9")].filter((secret) => all.includes(secret));
    equal(secrets.join(" "), "", `${repair} ${output.join(" ")}\n${all}`);
    const isShown = /^ *"?diff"?:/m.test(stdout);
    ok(!isShown || output.includes("--show"), `${repair} ${output.join(" ")}\n${all}`);
    printed.push(stdout);
  }
  return printed;
}

Deno.test("no repair prints a secret, in any format, with --show or without", () =>
  withOldRecords(RELEASES, async (stage) => {
    for (const repair of Object.keys(REPAIRS)) await outputsOf(stage, repair);
    const [, , , disowned = "", asJson = ""] = await outputsOf(stage, "disown");
    match(disowned, /^ {4}- kind: Secret\n(?:.*\n)*? {4}- {3}token: ["']\*\*\*["']$/m);
    match(asJson, /"- kind: Secret"/);
    const [, , , mapped = ""] = await outputsOf(stage, "map-apis");
    match(mapped, /^ {4}- apiVersion: extensions\/v1beta1$/m);
  }));

Deno.test("repair salvage prints no secret of the manifest that it saves", () =>
  withOldRecords(RELEASES, async (stage) => {
    await stage.inCluster(async (cluster) => {
      const object = await send(cluster, "GET", `${RECORDS}/web.v2`) as KubeObject & { data: { release: string } };
      const release = object.data.release.slice(0, -12);
      await send(cluster, "PUT", `${RECORDS}/web.v2`, { ...object, data: { release } } as KubeObject);
    });
    const [, , , shown = ""] = await outputsOf(stage, "salvage");
    match(shown, /^ {4}\+ kind: Secret$/m);
    match(shown, /image: nginx/);
  }));
