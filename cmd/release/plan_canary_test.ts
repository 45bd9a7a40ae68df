/** No byte of a secret in what plans and comparisons print, whatever the secret is in. */
import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { openTarget } from "../../app/open_target.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

/** Each place of a secret has its own text, so that a leak names its place. */
const [OLD, NEW, LIVE, HOOK] = ["canary-old-51d7", "canary-new-8a02", "canary-live-93be", "canary-hook-4c6f"] as const;
const CANARY = new RegExp(
  ["canary-(old|new|live|hook)", ...[OLD, NEW, LIVE, HOOK].map((text) => btoa(text).slice(0, 16))].join("|"),
);

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": `password: ${OLD}\ntag: "1"\nlabel: a\n`,
  "web/templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {db-token: {{ .Values.password }}, note: "with {{ .Values.password }} inside"}
spec:
  selector: {matchLabels: {app: {{ .Values.label }}}}
  template:
    metadata: {labels: {app: {{ .Values.label }}}}
    spec:
      containers:
      - name: web
        image: "nginx:{{ .Values.tag }}"
        args: ["--password", "{{ .Values.password }}", "--url=http://me:{{ .Values.password }}@db"]
        env:
        - {name: DB_PASSWORD, value: {{ .Values.password }}}
        - {name: URL, value: "postgres://me:{{ .Values.password }}@db"}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {key: {{ .Values.password }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {app.ini: "user=me\\npassword={{ .Values.password }}\\n"}
`,
  "web/templates/hook.yaml": `apiVersion: v1
kind: Secret
metadata: {name: hook, annotations: {helm.sh/hook: "pre-upgrade,pre-rollback"}}
stringData: {key: ${HOOK}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: hook, annotations: {helm.sh/hook: "pre-upgrade,pre-rollback", helm.sh/hook-weight: "1"}}
data: {copy: ${HOOK}, tag: "{{ .Values.tag }}"}
`,
};

type Run = (line: string) => Promise<Outcome>;

function withRelease(work: (run: Run, folder: string) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const sandbox = join(folder, "state.db");
    const run: Run = (line) =>
      program([
        ...line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word),
        `--sandbox=${sandbox}`,
      ]);
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    equal((await run(`upgrade web ./web --no-hooks --set tag=2`)).code, 0);
    const cluster = await openTarget({ sandbox });
    const edit = async (path: string, body: unknown): Promise<void> => {
      const answer = await cluster.transport({
        method: "PATCH",
        path: `${path}?fieldManager=kubectl-edit`,
        contentType: "application/strategic-merge-patch+json",
        body: JSON.stringify(body),
      });
      equal(answer.ok, true, await answer.text());
    };
    await edit("/apis/apps/v1/namespaces/shop/deployments/web", {
      metadata: { annotations: { "db-token": LIVE } },
      spec: { template: { spec: { containers: [{ name: "web", env: [{ name: "DB_PASSWORD", value: LIVE }] }] } } },
    });
    await edit("/api/v1/namespaces/shop/secrets/web", { data: { key: btoa(LIVE) } });
    await cluster.close();
    await work(run, folder);
  });
}

function check({ stdout, stderr }: Outcome, what: string): void {
  const leak = `${stdout}\n${stderr}`.split("\n").find((line) => CANARY.test(line));
  equal(leak, undefined, `${what}: ${leak}`);
}

const SETS = `--set password=${NEW},tag=3`;
const COMMANDS: readonly string[] = [
  `plan upgrade web ./web ${SETS}`,
  // The server refuses it, and quotes the object.
  `plan upgrade web ./web ${SETS},label=b`,
  `plan upgrade web ./web ${SETS} --apply three-way`,
  `plan upgrade web ./web ${SETS} --apply server-side`,
  `plan upgrade web ./web ${SETS} --predict local`,
  `plan install ./web --name api --namespace shop ${SETS}`,
  "plan rollback web 1 --apply three-way",
  "plan delete web",
  `diff upgrade web ./web ${SETS}`,
  `diff upgrade web ./web ${SETS} --offline`,
  "diff rollback web 1",
  "diff live web",
  "diff revision web 1 2",
];

Deno.test("plans and comparisons print no secret, in any format", () =>
  withRelease(async (run) => {
    for (const command of COMMANDS) {
      const formats = [
        "text --full --context -1",
        "text --show-ignored --include-tests",
        "json",
        "yaml",
        "diff",
        "simple",
      ];
      if (command.startsWith("plan ")) formats.push("patch");
      for (const format of formats) {
        const outcome = await run(`${command} --output ${format}`);
        if (format !== "patch") equal(outcome.code, 0, `${command} ${format}: ${outcome.stderr}`);
        check(outcome, `${command} --output ${format}`);
      }
    }
    // The test can fail: with --show-secrets they are there.
    ok(CANARY.test((await run(`plan upgrade web ./web ${SETS} --show-secrets`)).stdout));
  }));

Deno.test("a saved plan's public part, plan show, and what apply prints hold no secret", () =>
  withRelease(async (run, folder) => {
    check(await run(`plan upgrade web ./web ${SETS} --plan-out ./plan.json`), "plan");
    const { sealed, ...open } = JSON.parse(await Deno.readTextFile(join(folder, "plan.json")));
    match(JSON.stringify(sealed), CANARY);
    check({ code: 0, stdout: JSON.stringify(open, null, 1), stderr: "" }, "the public part");
    for (const format of ["text --full", "json", "yaml", "diff", "simple"]) {
      check(await run(`plan show ./plan.json --output ${format}`), `plan show ${format}`);
    }
    check(await run("apply ./plan.json --yes"), "apply");
    const again = await run("apply ./plan.json --yes");
    equal(again.code, 3);
    check(again, "apply of a plan that does not fit");
  }));

Deno.test("the log of requests of a plan holds no secret", () =>
  withRelease(async (run) => {
    for (const level of [6, 8, 10]) {
      check(await run(`plan upgrade web ./web ${SETS} -v ${level} --debug`), `-v ${level}`);
    }
  }));
