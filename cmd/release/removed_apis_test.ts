/** Tests of `lint`, `template` and dry runs with API versions that a server does not have. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

/** A chart that chooses the version of its Ingress by the server's, and has some old API versions. */
const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\nicon: https://example.com/icon.png\n",
  "web/values.yaml": "old: false\n",
  "web/templates/_names.tpl":
    '{{ define "ingress" }}{{ if .Capabilities.APIVersions.Has "networking.k8s.io/v1/Ingress" }}' +
    "networking.k8s.io/v1{{ else }}extensions/v1beta1{{ end }}{{ end }}",
  "web/templates/deployment.yaml": `apiVersion: {{ if .Values.old }}extensions/v1beta1{{ else }}apps/v1{{ end }}
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: main}]}}
`,
  "web/templates/hook.yaml":
    `apiVersion: {{ if or .Values.old .Values.oldHook }}batch/v1beta1{{ else }}batch/v1{{ end }}
kind: CronJob
metadata: {name: later, annotations: {helm.sh/hook: post-rollback}}
spec:
  schedule: "@daily"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: main}]}}}}
`,
  "web/templates/ingress.yaml": `apiVersion: {{ include "ingress" . }}
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: web.example.com}]}
`,
  "web/charts/db/Chart.yaml": "apiVersion: v1\nname: db\nversion: 1.0.0\n",
  "web/charts/db/templates/role.yaml": `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: db}
rules: [{apiGroups: [extensions], resources: [deployments], verbs: [get]}]
`,
};

const DEPLOYMENT =
  'web/templates/deployment.yaml: Deployment "web": extensions/v1beta1 is not served since Kubernetes ' +
  "1.16; use apps/v1";
const CRON_JOB =
  'web/templates/hook.yaml: CronJob "later": batch/v1beta1 is not served since Kubernetes 1.25; use batch/v1';
const INGRESS = 'web/templates/ingress.yaml: Ingress "web": extensions/v1beta1 is not served since Kubernetes 1.22; ' +
  "use networking.k8s.io/v1";
const ROLE =
  'web/charts/db/templates/role.yaml: Role "db": rules[0] grants no rights on deployments: extensions does not ' +
  "have them since Kubernetes 1.16; name the group apps";
const below = (text: string): string => text.slice("web/".length);

type Run = (line: string, options?: ProgramOptions) => Promise<Outcome>;

/** Runs command lines with the chart's path for `WEB`. */
function withChart(work: (run: Run) => Promise<void>, more: Record<string, string> = {}): Promise<void> {
  return inFolder({ ...CHART, ...more }, (folder) =>
    work((line, options) => {
      const words = line.split(" ").map((word) =>
        word === "WEB" ? join(folder, "web") : word === "--sandbox" ? `--sandbox=${join(folder, "state.db")}` : word
      );
      return program(words, options);
    }));
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

Deno.test("template --kube-version says on stderr what that Kubernetes does not have; stdout stays Helm's", () =>
  withChart(async (run) => {
    const plain = await run("template WEB --set old=true");
    equal(plain.stderr, "");
    const newer = await run("template WEB --set old=true --kube-version 1.25");
    deepEqual([newer.code, newer.stdout], [0, plain.stdout]);
    deepEqual(linesOf(newer.stderr), [
      `Note: ${ROLE}`,
      `WARNING: ${DEPLOYMENT}`,
      `WARNING: ${CRON_JOB}`,
      `WARNING: ${INGRESS}`,
      "Note: the chart uses .Capabilities.APIVersions, which --kube-version does not change here; " +
      "list the server's API versions with --api-versions, or use 'helm lint --kube-version 1.25'",
    ]);
    deepEqual(
      linesOf((await run("template WEB --kube-version 1.25 -a networking.k8s.io/v1/Ingress")).stderr),
      [`Note: ${ROLE}`],
    );
  }));

Deno.test("template --kube-version judges what -x chooses, and is silenced by SKEG_HINTS=off", () =>
  withChart(async (run) => {
    const line = "template WEB --set old=true --kube-version v1.25.3 -x templates/deployment.yaml";
    match((await run(line)).stderr, /^WARNING: web\/templates\/deployment.yaml: .*\nNote: the chart uses .*\n$/);
    equal((await run(line, { variables: { SKEG_HINTS: "off" } })).stderr, "");
    equal(
      (await run("template WEB --kube-version 1.16 -x templates/ingress.yaml")).stderr,
      'Note: web/templates/ingress.yaml: Ingress "web": extensions/v1beta1 is deprecated since Kubernetes 1.14 and stops ' +
        "working in 1.22; use networking.k8s.io/v1beta1, and networking.k8s.io/v1 from 1.19 on\n",
    );
  }));

Deno.test("template --kube-version says nothing more when it fails", () =>
  withChart(async (run) => {
    deepEqual(
      await run("template WEB --kube-version 1.25 -x nope.yaml").then((
        { code, stderr },
      ) => [code, stderr.slice(0, 38)]),
      [
        1,
        "Error: could not find template /tmp/sk",
      ],
    );
    equal(
      (await run("template WEB --kube-version new")).stderr,
      'Error: could not parse a kubernetes version: Invalid Semantic Version\n"new" is not a version: write --kube-version 1.25.\n',
    );
    equal((await run("template WEB --kube-version 2.0 --set old=true")).code, 0);
  }));

Deno.test("lint --kube-version adds findings, which count as warnings with --strict", () =>
  withChart(async (run) => {
    const plain = await run("lint WEB --set old=true --strict");
    deepEqual([plain.code, linesOf(plain.stdout)[1]], [0, "Lint OK"]);
    const { code, stdout, stderr } = await run("lint WEB --set old=true --kube-version 1.25");
    deepEqual([code, stderr], [0, ""]);
    // The chart chooses its Ingress by that Kubernetes' API versions.
    deepEqual(linesOf(stdout).slice(1), [
      `[INFO] ${below(ROLE)}`,
      `[WARNING] ${below(DEPLOYMENT)}`,
      `[WARNING] ${below(CRON_JOB)}`,
      "1 chart(s) linted, no failures",
    ]);
    equal((await run("lint WEB --set old=true --kube-version 1.25 --strict")).code, 1);
    equal((await run("lint WEB --kube-version 1.25 --strict")).code, 0);
    equal(
      (await run("lint WEB --kube-version new")).stderr,
      'Error: could not parse a kubernetes version: Invalid Semantic Version\n"new" is not a version: write --kube-version 1.25.\n',
    );
  }));

Deno.test("lint --kube-version reads the chart's own tests of API versions, those of subcharts too", () =>
  withChart(async (run) => {
    const { stdout } = await run("lint WEB --kube-version 1.25");
    deepEqual(
      linesOf(stdout).filter((line) => line.includes(" line ")).map((line) => line.split(" names no kind")[0]),
      [
        '[INFO] templates/a.yaml: line 2: .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1"',
        '[INFO] charts/db/templates/b.yaml: line 1: .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1"',
      ],
    );
  }, {
    "web/templates/a.yaml": '# a\n{{ if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}{{ end }}\n',
    "web/charts/db/templates/b.yaml": '{{ if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}{{ end }}\n',
  }));

Deno.test("lint and template take the cluster at hand", () =>
  withChart(async (run) => {
    const lint = await run("lint WEB --set old=true --kube-version cluster --sandbox");
    deepEqual(linesOf(lint.stdout).slice(1, -1), [
      `[INFO] ${below(ROLE)}`,
      `[WARNING] ${below(DEPLOYMENT)}`,
      `[WARNING] ${below(CRON_JOB)}`,
    ]);
    const { stdout, stderr } = await run("template WEB --kube-version cluster --sandbox");
    match(stdout, /\napiVersion: networking.k8s.io\/v1\nkind: Ingress\n/);
    equal(stderr, `Note: ${ROLE}\n`);
  }));

Deno.test("dry runs of install and upgrade say what does not stop them", () =>
  withChart(async (run) => {
    const install = await run("install WEB --name web --dry-run --sandbox");
    deepEqual(install, { code: 0, stdout: "NAME:   web\n", stderr: `Note: ${ROLE}\n` });
    equal((await run("install WEB --name web --dry-run --sandbox", { variables: { SKEG_HINTS: "off" } })).stderr, "");
    const refused = await run("install WEB --name web --dry-run --sandbox --set old=true");
    match(
      refused.stderr,
      /^Error: unable to recognize "": no matches for kind "Deployment" in version "extensions\/v1beta1"\n/,
    );
    // A hook of another event is recorded without a check.
    const hook = await run("install WEB --name web --dry-run --sandbox --set oldHook=true");
    deepEqual([hook.code, linesOf(hook.stderr)], [0, [`Note: ${ROLE}`, `WARNING: ${CRON_JOB}`]]);
    const mapped = await run("install WEB --name web --dry-run --sandbox --set old=true --removed-apis map");
    deepEqual([mapped.code, mapped.stderr.includes(`Note: ${ROLE}\n`), mapped.stderr.includes(CRON_JOB)], [
      0,
      true,
      false,
    ]);
    equal((await run("install WEB --name web --sandbox")).stderr, "");
    deepEqual(linesOf((await run("upgrade web WEB --dry-run --sandbox")).stderr).slice(1), [`Note: ${ROLE}`]);
  }));

Deno.test("dry runs judge by another version of Kubernetes when they are told so", () =>
  withChart(async (run) => {
    const line = "--dry-run --sandbox --kube-version 1.40";
    const policy =
      'web/templates/policy.yaml: MutatingAdmissionPolicy "web": admissionregistration.k8s.io/v1beta1 is not ' +
      "served since Kubernetes 1.40";
    const { code, stderr } = await run(`install WEB --name web ${line} --removed-apis map`);
    deepEqual([code, linesOf(stderr)], [0, [`Note: ${ROLE}`, `WARNING: ${policy}`]]);
    deepEqual(await run("install WEB --name web --sandbox --kube-version 1.40"), {
      code: 1,
      stdout: "",
      stderr: "Error: --kube-version needs --dry-run\nWithout --dry-run, objects are checked by the cluster itself.\n",
    });
    match(
      (await run("upgrade web WEB --dry-run --sandbox --kube-version new")).stderr,
      /^Error: could not parse a kubernetes version: /,
    );
  }, {
    "web/templates/policy.yaml":
      "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicy\nmetadata: {name: web, annotations: {helm.sh/hook: post-rollback}}\n",
  }));
