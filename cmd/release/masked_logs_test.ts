import { equal, ok } from "node:assert/strict";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const SECRETS = `apiVersion: v1
kind: Secret
metadata: {name: plain}
stringData: {password: topsecretvalue}
---
apiVersion: v1
kind: Secret
metadata: {name: encoded, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-1"}}
data: {token: ${btoa("hooksecretvalue")}}
`;
const LOG = "failed: topsecretvalue and hooksecretvalue are refused";
const SPEC = "{restartPolicy: Never, containers: [{name: c, image: x}]}";

/** Annotations of a pod that fails, with a log that quotes both Secrets. */
const bad = (fail: string): string => `{skeg.dev/fail: "${fail}", skeg.dev/log: "${LOG}"}`;

const HOOK = `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {backoffLimit: 0, template: {metadata: {annotations: ${bad("true")}}, spec: ${SPEC}}}
`;
const TEST = `apiVersion: v1
kind: Pod
metadata: {name: probe, annotations: {helm.sh/hook: test-success, skeg.dev/fail: "true", skeg.dev/log: "${LOG}"}}
spec: ${SPEC}
`;
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: ${bad("crash")}}
    spec: {containers: [{name: c, image: x}]}
`;

/** Runs command lines over one sandbox with a chart of the two Secrets and another object; returns the last outcome. */
async function lastOf(template: string, ...lines: readonly (readonly string[])[]): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": SECRETS,
    "web/templates/b.yaml": template,
  }, async (folder) => {
    for (const [command = "", ...flags] of lines) {
      const args = command === "install" ? [`${folder}/web`, "--name", "web"] : ["web"];
      outcome = await program([command, ...args, ...flags, `--sandbox=${folder}/box`], { own: true });
    }
  });
  ok(outcome);
  return outcome;
}

function checkMasked({ stdout, stderr, code }: Outcome): void {
  equal(code, 1);
  ok(stderr.includes("| failed: *** and *** are refused"), stderr);
  equal(/secretvalue/.test(stdout + stderr), false, stdout + stderr);
}

Deno.test("log lines of a failed hook hold no value of the release's Secrets", async () =>
  checkMasked(await lastOf(HOOK, ["install"])));

Deno.test("test shows the exit code and the last lines of a failed pod, without values of Secrets", async () => {
  const outcome = await lastOf(TEST, ["install"], ["test"]);
  checkMasked(outcome);
  ok(outcome.stderr.includes("pod probe   Error, exit code 1\n"), outcome.stderr);
});

Deno.test("log lines of install --wait hold no value of Secrets, those that are hooks included", async () => {
  checkMasked(await lastOf(WEB, ["install", "--wait", "--timeout", "3"]));
  checkMasked(await lastOf(WEB, ["install", "--wait-strict", "--fail-fast=1", "--timeout", "8"]));
});

Deno.test("log lines of wait hold no value of the release's Secrets", async () =>
  checkMasked(await lastOf(WEB, ["install"], ["wait", "--timeout", "2"])));

Deno.test("an error in the sandbox says that kubectl reaches it only while it is served", async () => {
  const words = "Read its log while 'skeg sandbox serve' runs: kubectl logs ";
  for (
    const outcome of [await lastOf(HOOK, ["install"]), await lastOf(WEB, ["install", "--wait", "--timeout", "-5"])]
  ) {
    ok(outcome.stderr.includes(words), outcome.stderr);
  }
});
