import { deepEqual, equal, ok } from "node:assert/strict";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

const CHART = {
  "web/Chart.yaml": "name: web\nversion: 0.1.0\n",
  "web/values.yaml": 'tag: 1.27.2\nfail: ""\npassword: horse-staple\n',
  "web/templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, annotations: {revision: "{{ .Release.Revision }}"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {skeg.dev/fail: {{ .Values.fail | quote }}}}
    spec:
      containers:
      - name: web
        image: nginx:{{ .Values.tag }}
        env: [{name: PASSWORD, value: {{ .Values.password }}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
data: {tag: {{ .Values.tag | quote }}}
`,
};

async function failure(flags: readonly string[], more: readonly string[] = []): Promise<string[]> {
  let lines: string[] = [];
  await inFolder(CHART, async (folder) => {
    const end = [`${folder}/web`, `--sandbox=${folder}/state`];
    equal((await program(["install", "--name", "web", ...end], { own: true })).code, 0);
    const { code, stderr } = await program(
      ["upgrade", "web", ...end, "--progress", "none", ...flags, ...more],
      { own: true },
    );
    equal(code, 1);
    lines = stderr.split("\n");
  });
  return lines;
}

Deno.test("below an object that is not ready stands what the upgrade changed in it, with secrets masked", async () => {
  const lines = await failure(["--set", "fail=image,tag=1.72,password=troubador"], ["--wait", "--fail-fast=1"]);
  const at = lines.findIndex((line) => line.startsWith("  Deployment/web "));
  ok(lines[at + 1]?.startsWith("    pod web-"), lines.join("\n"));
  deepEqual(lines.slice(at + 2, at + 5).map((line) => line.replace(/secret 12 bytes, \w{4}/, "secret")), [
    '    changed by values fail: metadata.annotations["skeg.dev/fail"] was empty in revision 1',
    "    changed by values tag: spec.containers[web].image was nginx:1.27.2 in revision 1",
    "    changed by values password: spec.containers[web].env[PASSWORD].value was (secret) in revision 1",
  ]);
  ok(!/ConfigMap\/other|horse|troubador|annotations.revision/.test(lines.join("\n")));
});

Deno.test("after a timeout it stands there too", async () => {
  const lines = await failure(["--set", "fail=crash"], ["--wait-strict", "--timeout", "2"]);
  deepEqual(lines.filter((line) => line.includes("changed by")), [
    '    changed by values fail: metadata.annotations["skeg.dev/fail"] was empty in revision 1',
  ]);
});
