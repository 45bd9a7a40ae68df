/** Tests of `diff revision` and `diff release`. */
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const CANARY = "canary-5a0e7b21";

const TEMPLATE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {app: web, revision: "{{ .Release.Revision }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        random: {{ randAlphaNum 12 | quote }}
    spec:
      containers:
      - name: nginx
        image: "nginx:{{ .Values.image.tag }}"
        env:
        - name: PASSWORD
          value: {{ .Values.password }}
`;
const REST = `apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-secret}
stringData:
  password: {{ .Values.password }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1"}
{{- if .Values.ingress }}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  ports:
  - port: 80
{{- end }}
`;

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": "image: {tag: 1.27.2}\nreplicas: 2\ningress: true\npassword: none-given\n",
  "web/templates/deployment.yaml": TEMPLATE,
  "web/templates/rest.yaml": REST,
  "next/Chart.yaml": "name: web\nversion: 1.5.0\n",
  "next/values.yaml": "image: {tag: 1.27.2}\nreplicas: 2\ningress: true\npassword: none-given\n",
  "next/templates/deployment.yaml": TEMPLATE.replace("  replicas:", "  minReadySeconds: 5\n  replicas:"),
  "next/templates/rest.yaml": REST,
  "ignore.yaml": "ignore: [{paths: [/metadata/labels/revision], target: {kind: Deployment}}]\n",
};

type Run = (line: string) => Promise<Outcome>;

/** Runs `work` with a release `web` of two revisions, and `api`. */
function withReleases(work: (run: Run) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const run: Run = (line) =>
      program([
        ...line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word),
        `--sandbox=${join(folder, "state.db")}`,
      ]);
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    const set = `--set image.tag=1.27.3,ingress=false,password=${CANARY}`;
    equal((await run(`upgrade web ./next ${set}`)).code, 0);
    equal((await run("install ./web --name api --namespace shop-2 --set replicas=3")).code, 0);
    await work(run);
  });
}

/** Replaces what is different in every run. */
const steady = (text: string): string =>
  text.replace(/, [0-9a-f]{4}\)/g, ", xxxx)").replace(/ {3}[0-9A-Za-z]{12}(?=$| {10})/gm, "   RANDOM      ").replace(
    / +$/gm,
    "",
  );

Deno.test("diff revision shows every field with its reason, in at most 80 columns", () =>
  withReleases(async (run) => {
    const { code, stdout, stderr } = await run("diff revision web 1");
    equal(stderr, "");
    equal(code, 0);
    equal(
      steady(stdout),
      `web in shop: revision 1 (today) -> 2 (today), chart web 1.4.0 -> 1.5.0, values
  changed

~ Secret/web-secret
    data.password
  -   (secret 10 bytes, xxxx)
  +   (secret 15 bytes, xxxx)                           values password
~ Deployment/web
    metadata.labels.revision
  -   "1"
  +   "2"                                               release
    spec.minReadySeconds
  +   5                                        chart templates/deployment.yaml:7
    spec.template.metadata.annotations.random
  -   RANDOM
  +   RANDOM                                            each render
    spec.template.spec.containers[nginx].image
  -   nginx:1.27.2
  +   nginx:1.27.3                                      values image.tag
    spec.template.spec.containers[nginx].env[PASSWORD].value
  -   (secret 10 bytes, xxxx)
  +   (secret 15 bytes, xxxx)                           values password
- Service/web                                    values ingress: no longer in it

2 objects differ, 1 is gone, 1 is the same.
`,
    );
    ok(stdout.split("\n").every((line) => line.length <= 80));
    doesNotMatch(stdout, /\u001b/);
  }));

Deno.test("diff revision shows no secret in any format, and with --show-secrets it does", () =>
  withReleases(async (run) => {
    for (const format of ["text --full", "json", "yaml", "diff", "simple"]) {
      const { code, stdout } = await run(`diff revision web 1 2 --output ${format}`);
      equal(code, 0);
      doesNotMatch(stdout, new RegExp(`${CANARY}|${btoa(CANARY)}`), format);
    }
    match((await run("diff revision web 1 2 --show-secrets")).stdout, new RegExp(btoa(CANARY)));
  }));

Deno.test("diff revision --detailed-exitcode tells by the exit status whether anything differs", () =>
  withReleases(async (run) => {
    equal((await run("diff revision web 1 2 --detailed-exitcode")).code, 2);
    const same = await run("diff revision web 2 2 --detailed-exitcode");
    deepEqual([same.code, same.stdout.split("\n").at(-2)], [0, "No differences: 3 objects are the same."]);
    equal((await run("diff revision web 1 2 --detailed-exitcode --only ConfigMap")).code, 0);
    equal((await run("diff revision web 1 9")).code, 1);
    match((await run("diff revision web one")).stderr, /^Error: invalid revision "one"/);
  }));

Deno.test("diff revision hides what rules and --suppress name, and says how many", () =>
  withReleases(async (run) => {
    const hidden = (await run("diff revision web 1 2 --ignore-file ./ignore.yaml")).stdout;
    doesNotMatch(hidden, /labels\.revision/);
    match(hidden, /1 change is hidden by rules/);
    match((await run("diff revision web 1 2 --ignore Deployment:/metadata --show-ignored")).stdout, /labels\.revision/);
    const quiet = (await run("diff revision web 1 2 -q --suppress Deployment")).stdout;
    doesNotMatch(quiet, /data\.password|image/);
    match(quiet, /~ Secret\/web-secret\n {4}changes are not shown/);
  }));

Deno.test("diff revision --output diff and simple print as the helm-diff plugin does", () =>
  withReleases(async (run) => {
    const { stdout } = await run("diff revision web 1 2 --output diff -C 1 --only Service");
    equal(
      stdout,
      `shop, web, Service (v1) has been removed:
- apiVersion: v1
- kind: Service
- metadata:
-   name: web
- spec:
-   ports:
-   - port: 80
`,
    );
    equal(
      (await run("diff revision web 1 2 --output simple")).stdout,
      `shop, web-secret, Secret (v1) to be changed.
shop, web, Deployment (apps) to be changed.
shop, web, Service (v1) to be removed.
Plan: 0 to add, 2 to change, 1 to destroy.
`,
    );
  }));

Deno.test("diff release matches objects that are named after their release", () =>
  withReleases(async (run) => {
    const { stdout } = await run("diff release web api --only Deployment");
    match(stdout, /^web -> api, chart web 1\.5\.0 -> 1\.4\.0\n/);
    match(stdout, /~ Deployment\/api\n(.*\n)* {4}spec\.replicas\n {2}- {3}2\n {2}\+ {3}3 +values replicas\n/);
  }));

Deno.test("diff revision -o json has the documented fields", () =>
  withReleases(async (run) => {
    const report = JSON.parse((await run("diff revision web 1 2 -o json")).stdout);
    equal(report.schema, 1);
    equal(report.operation, "revision");
    deepEqual([report.release.from, report.release.to, report.release.valuesChanged], [1, 2, true]);
    const image = report.objects.flatMap(({ changes }: { changes: { path: string }[] }) => changes)
      .find(({ path }: { path: string }) => path.endsWith("/image"));
    deepEqual(image, {
      path: "/spec/template/spec/containers/[name=nginx]/image",
      before: "nginx:1.27.2",
      after: "nginx:1.27.3",
      cause: ["values"],
      origin: [{ template: "templates/deployment.yaml", line: 18, values: ["image.tag"] }],
    });
  }));
