/** The screen while a release does not become ready, on terminals of two sizes, and in a pipe. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "./_lib/folder.ts";
import { screenOf } from "./_lib/screen.ts";
import { HAS_TERMINAL, onPipes, onTerminal } from "./_lib/terminal.ts";

const CHART = {
  "web/Chart.yaml": "name: web\nversion: 0.1.0\n",
  "web/values.yaml": 'fail: ""\nclaim: false\nhook: false\n',
  "web/templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 2
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations:
        skeg.dev/fail: {{ .Values.fail | quote }}
        skeg.dev/log: 'error: unknown directive "listn" in line 7'
    spec: {containers: [{name: web, image: "nginx:1.72"}]}
{{- if .Values.claim }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
{{- end }}
{{- if .Values.hook }}
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}-migrations, annotations: {helm.sh/hook: pre-install}}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: {skeg.dev/fail: "true", skeg.dev/log: 'ERROR: relation "orders" already exists'}}
    spec: {restartPolicy: Never, containers: [{name: migrate, image: migrate}]}
{{- end }}
`,
};

const SIZES = [{ columns: 80, rows: 24 }, { columns: 40, rows: 10 }] as const;

/**
 * A chart that does not become ready: the flags, the reason and the next command that must be on the screen, and the
 * end of the reason, which must be on the last screen, however small.
 */
const CASES: readonly [title: string, flags: readonly string[], reason: RegExp, next: RegExp, end: string][] = [
  [
    "a crashing pod",
    ["--set", "fail=crash"],
    /CrashLoopBackOff, 4 restarts, exit code 1[\s\S]*\| error: unknown directive/,
    /kubectl logs web-\S+ --namespace default --container web --previous/,
    "BackOff, 4 restarts, exit code 1",
  ],
  [
    "an image that cannot be pulled",
    ["--set", "fail=image", "--fail-fast=3"],
    /cannot become ready: image not found[\s\S]*ImagePullBackOff: Back-off pulling image "nginx:1.72"/,
    /kubectl describe pod web-\S+ --namespace default/,
    'image "nginx:1.72": ErrImagePull: not found',
  ],
  [
    "a claim that is not bound",
    ["--set", "claim=true"],
    /PersistentVolumeClaim\/web +the claim is not bound \(Pending\)/,
    /kubectl describe persistentvolumeclaim web --namespace default/,
    "is not bound (Pending)",
  ],
  [
    "a quota that refuses pods",
    ["--set", "fail=quota"],
    /Deployment\/web +no pods: exceeded quota team \(cpu 4 of 4, 500m asked\)/,
    /kubectl describe deployment web --namespace default/,
    "no pods: exceeded quota team (cpu 4 of 4, 500m asked)",
  ],
  [
    "no node for a pod",
    ["--set", "fail=node"],
    /pod web-\S+ +Unschedulable: 0\/\d nodes are available/,
    /kubectl describe pod web-\S+ --namespace default/,
    "didn't match Pod's node affinity/selector.",
  ],
  [
    "a hook that fails",
    ["--set", "hook=true"],
    /Job failed: BackoffLimitExceeded[\s\S]*hook pre-install Job\/web-migrations, weight 0[\s\S]*\| ERROR: relation "orders"/,
    /kubectl logs web-migrations-\S+ --namespace default/,
    'ERROR: relation "orders" already exists',
  ],
];

/** The rows of a terminal as one text without blanks: long lines are cut at any letter. */
function lastScreen(text: string, { columns, rows }: { readonly columns: number; readonly rows: number }): string {
  return screenOf(text, columns).slice(-rows).join("").replaceAll(/\s/g, "");
}

for (const [title, flags, reason, next, end] of CASES) {
  const argv = ["install", "./web", "--name", "web", "--wait", "--timeout", "4", "--sandbox=state", ...flags];
  const inChart = (work: (argv: string[], variables: Record<string, string>) => Promise<void>): Promise<void> =>
    inFolder(
      CHART,
      (folder) =>
        work(
          argv.map((word) =>
            word === "./web" ? join(folder, "web") : word.replace("=state", `=${join(folder, "state")}`)
          ),
          {
            HOME: folder,
            HELM_HOME: join(folder, "home"),
          },
        ),
    );
  for (const size of SIZES) {
    Deno.test({
      name: `on a terminal of ${size.columns}x${size.rows}, ${title} is named with the next command`,
      ignore: !HAS_TERMINAL,
      fn: () =>
        inChart(async (words, variables) => {
          const { code, text } = await onTerminal(words, variables, size);
          equal(code, 1);
          // The terminal wraps long rows of the error; a terminal without an end has the same words.
          const shown = screenOf(text.replaceAll("\r\n", "\n\r"), 1000).join("\n");
          match(shown, reason);
          match(shown, next);
          const last = lastScreen(text, size);
          ok(last.includes(end.replaceAll(/\s/g, "")), last);
          match(last, new RegExp(next.source.replaceAll(" ", "").replaceAll("\\S+", ".+"), next.flags));
          ok(!shown.includes("waiting in "), "the tree is gone at the end");
        }),
    });
  }
  Deno.test(`in a pipe, ${title} is named below Helm's first line, without escape sequences`, () =>
    inChart(async (words, variables) => {
      const { code, stdout, stderr } = await onPipes(words, variables);
      const text = new TextDecoder().decode(stderr);
      deepEqual([code, new TextDecoder().decode(stdout)], [1, ""]);
      match(text, reason);
      match(text, next);
      ok(!text.includes("\u001b"));
      const error = text.split("\n").find((line) => line.startsWith("Error: "));
      match(error ?? "", /^Error: (release web failed: |Job failed: BackoffLimitExceeded$)/);
      const quiet = await onPipes(words.map((word) => word === "web" ? "other" : word), {
        ...variables,
        SKEG_HINTS: "off",
      });
      match(new TextDecoder().decode(quiet.stderr), /^Error: [^\n]*\n$/);
    }));
}
