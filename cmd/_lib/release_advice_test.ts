import { equal, ok } from "node:assert/strict";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

const POD = "{restartPolicy: Never, containers: [{name: c, image: x}]}";
const jobOf = (name: string, event: string, policy = ""): string =>
  `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, annotations: {helm.sh/hook: ${event}${policy}}}
spec: {backoffLimit: 0, template: {metadata: {annotations: {skeg.dev/fail: "true"}}, spec: ${POD}}}
`;
const CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {skeg.dev/fail: crash}}
    spec: {containers: [{name: c, image: x}]}
`;

async function lastLineOf(template: string, ...flags: string[]): Promise<string> {
  let line = "";
  await inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": template,
  }, async (folder) => {
    const argv = ["install", `${folder}/web`, "--name", "web", "--sandbox=:memory:", ...flags];
    const { code, stderr } = await program(argv, { own: true });
    equal(code, 1);
    line = stderr.trimEnd().split("\n").at(-1) ?? "";
  });
  return line;
}

Deno.test("a failed install says what became of the release, and which objects of hooks are still there", async () => {
  const noRecord = "There is no record of web: a hook failed before it was written.";
  equal(await lastLineOf(jobOf("migrate", "pre-install")), `${noRecord} Still in namespace default: Job/migrate.`);
  equal(await lastLineOf(jobOf("migrate", "pre-install", ", helm.sh/hook-delete-policy: hook-failed")), noRecord);
  const failed =
    "web is FAILED (revision 1), and what it created is still there. Correct the cause, then remove it with " +
    "'skeg delete --purge web --sandbox=:memory:' and install again.";
  equal(await lastLineOf(`${CONFIG}---\n${jobOf("notify", "post-install")}`), failed);
  equal(await lastLineOf(WEB, "--wait", "--timeout", "-5"), failed);
  ok(!/is FAILED/.test(await lastLineOf(WEB, "--atomic", "--timeout", "-5")));
});
