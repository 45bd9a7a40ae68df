/** Tests of flags around plans: `--confirm`, `--respect-autoscalers`, `-o patch`, `--offline`, and of hidden plugins. */
import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { openTarget } from "../../app/open_target.ts";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";
import { HAS_TERMINAL, onPipes, onTerminal } from "../../tests/_lib/terminal.ts";

const CANARY = "canary-70f1a6de";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": "tag: 1.27.2\nreplicas: 2\npassword: none-given\nautoscaler: true\n",
  "web/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:{{ .Values.tag }}"}]}
`,
  "web/templates/scaler.yaml": `{{- if .Values.autoscaler }}
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 9, minReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
{{- end }}
`,
  "web/templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: {{ .Values.password }}}
`,
  "home/plugins/diff/plugin.yaml": 'name: diff\nversion: "1.0"\nusage: differences\ncommand: "true"\n',
};

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";

interface Bench {
  readonly run: (line: string, options?: ProgramOptions) => Promise<Outcome>;
  /** Runs a line on a terminal where `typed` is typed; words that begin with `./` are below the folder. */
  readonly type: (
    line: string,
    typed: string,
    variables?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly code: number; readonly text: string }>;
  /** Runs a line in a process whose standard input is no terminal. */
  readonly pipe: (line: string) => ReturnType<typeof onPipes>;
  /** Returns the Deployment; with a number, scales it first, as an autoscaler does. */
  // deno-lint-ignore no-explicit-any
  readonly deployment: (replicas?: number) => Promise<any>;
}

function withRelease(work: (bench: Bench) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const sandbox = join(folder, "state.db");
    const words = (line: string): string[] => [
      ...line.split(" ").map((word) => word.replace("./", `${folder}/`)),
      `--sandbox=${sandbox}`,
    ];
    const deployment = async (replicas?: number) => {
      const cluster = await openTarget({ sandbox });
      const request: KubeRequest = replicas === undefined ? { method: "GET", path: DEPLOYMENT } : {
        method: "PATCH",
        path: `${DEPLOYMENT}?fieldManager=kube-controller-manager`,
        contentType: "application/merge-patch+json",
        body: JSON.stringify({ spec: { replicas } }),
      };
      const answer = await cluster.transport(request);
      const object = await answer.json();
      await cluster.close();
      equal(answer.status, 200);
      return object;
    };
    const run = (line: string, options?: ProgramOptions) => program(words(line), options);
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    const pipe = (line: string) => onPipes(words(line), {});
    await work({
      run,
      deployment,
      pipe,
      type: (line, typed, variables = {}) => onTerminal(words(line), variables, { typed }),
    });
  });
}

Deno.test("--respect-autoscalers leaves the number of replicas alone in each mode, and the record as rendered", () =>
  withRelease(async ({ run, deployment }) => {
    for (const [at, mode] of ["tiller", "three-way", "server-side"].entries()) {
      await deployment(7);
      const line = `web ./web --set replicas=${3 + at},tag=1.${at} --apply ${mode}`;
      match((await run(`plan upgrade ${line}`)).stdout, /warn hpa-reset\s+Deployment\/web: spec\.replicas 7 -> \d/);
      const plan = await run(`plan upgrade ${line} --respect-autoscalers`);
      doesNotMatch(plan.stdout, /hpa-reset/);
      // With server-side the number that is there is sent, so there is nothing to keep.
      const kept = /spec\.replicas\n {2}= {3}7 +kept for kube-controller-manager\n/.test(plan.stdout);
      deepEqual([kept, /spec\.replicas/.test(plan.stdout)], [mode !== "server-side", mode !== "server-side"]);
      match(plan.stdout, /image\n/);
      equal((await run(`upgrade ${line} --respect-autoscalers`)).code, 0);
      const { spec } = await deployment();
      deepEqual([spec.replicas, spec.template.spec.containers[0].image], [7, `nginx:1.${at}`], mode);
      match((await run("get manifest web")).stdout, new RegExp(`replicas: ${3 + at}\n`));
    }
    equal((await run("rollback web 1 --apply three-way --respect-autoscalers")).code, 0);
    equal((await deployment()).spec.replicas, 7);
  }));

Deno.test("--respect-autoscalers does not count an autoscaler that goes", () =>
  withRelease(async ({ run, deployment }) => {
    await deployment(7);
    const line = "upgrade web ./web --apply three-way --respect-autoscalers --set autoscaler=false";
    equal((await run(line)).code, 0);
    equal((await deployment()).spec.replicas, 2);
  }));

Deno.test("plan -o patch shows the requests in their order, with secrets masked", () =>
  withRelease(async ({ run }) => {
    const line = `plan upgrade web ./web --set tag=2,autoscaler=false,password=${CANARY} -o patch`;
    const { code, stdout, stderr } = await run(line);
    deepEqual([code, stderr], [0, ""]);
    equal(
      stdout.replace(/[0-9a-f]{4}\)/, "0000)"),
      `---
# PATCH /api/v1/namespaces/shop/secrets/web
# application/strategic-merge-patch+json
stringData:
  password: (secret 15 bytes, 0000)
---
# PATCH ${DEPLOYMENT}
# application/strategic-merge-patch+json
spec:
  template:
    spec:
      $setElementOrder/containers:
      - name: nginx
      containers:
      - image: nginx:2
        name: nginx
---
# DELETE /apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/web
`,
    );
    match((await run(`${line} --show-secrets`)).stdout, new RegExp(CANARY));
    equal((await run("diff live web -o patch")).code, 1);
  }));

Deno.test("diff upgrade and diff rollback --offline compare records, and see no edits", () =>
  withRelease(async ({ run, deployment }) => {
    await deployment(7);
    const { code, stdout } = await run("diff upgrade web ./web --offline --detailed-exitcode --set tag=2");
    equal(code, 2);
    equal(
      stdout,
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web
    spec.template.spec.containers[nginx].image
  -   nginx:1.27.2
  +   nginx:2                                           values tag

1 object changes, 2 stay as they are. Nothing is deleted.
`,
    );
    equal((await run("upgrade web ./web --set tag=2")).code, 0);
    match((await run("diff rollback web 1 --offline")).stdout, / {2}- {3}nginx:2\n {2}\+ {3}nginx:1\.27\.2/);
    equal((await run("diff upgrade web ./web --offline --detailed-exitcode --set tag=2")).code, 0);
    equal((await run("diff upgrade fresh ./web --allow-unreleased --offline --detailed-exitcode")).code, 2);
    equal((await run("diff upgrade web ./web --offline -o patch")).code, 1);
  }));

Deno.test("--confirm without a terminal names plan and apply, and does nothing", () =>
  withRelease(async ({ run, pipe }) => {
    for (const [command = "", rest] of [["upgrade", "web ./web"], ["rollback", "web 1"], ["delete", "web"]]) {
      const { code, stderr } = await pipe(`${command} ${rest} --confirm`);
      equal(code, 1);
      equal(
        new TextDecoder().decode(stderr),
        "Error: --confirm needs a terminal, and standard input is not one; " +
          `use 'skeg plan ${command} … --plan-out FILE', then 'skeg apply FILE --yes'\n`,
      );
      match((await run(`${command} ${rest} --confirm --dry-run`)).stderr, /--confirm cannot be used with --dry-run/);
    }
    equal((await run("history web")).stdout.trim().split("\n").length, 2);
  }));

Deno.test({
  name: "--confirm shows the plan, asks, and does it or nothing",
  ignore: !HAS_TERMINAL,
  fn: () =>
    withRelease(async ({ run, type, deployment }) => {
      const no = await type("upgrade web ./web --set tag=2 --confirm", "n\n");
      equal(no.code, 1);
      match(no.text, / {2}\+ {3}nginx:2 [^]*Do this\? \[y\/N\] [^]*upgrade was not confirmed; nothing was changed/);
      equal((await deployment()).spec.template.spec.containers[0].image, "nginx:1.27.2");
      const yes = await type("upgrade web ./web --set tag=2 --confirm", "y\n");
      equal(yes.code, 0, yes.text);
      match(yes.text, /Do this\?[^]*Release "web" has been upgraded\.\r\n/);
      equal((await deployment()).spec.template.spec.containers[0].image, "nginx:2");
      match((await type("rollback web 1 --confirm", "y\n")).text, /Do this\?[^]*Rollback was a success\./);
      match((await type("upgrade -i api ./web --set x=1 --confirm", "n\n")).text, /install was not confirmed/);
      match((await type("delete web --purge --confirm", "y\n")).text, /Do this\?[^]*release "web" deleted/);
      equal((await run("list --all --short")).stdout, "");
    }),
});

Deno.test("diff says on a terminal that a plugin of this name is not used", () =>
  withRelease(async ({ run }) => {
    const line = "diff revision web 1 1 --home ./home";
    const { stderr } = await run(line, { watched: true });
    match(stderr, /^Note: the plugin "diff" is not used: "diff" is a command of this program\.\n/);
    equal((await run(line)).stderr, "");
    const variables = { HELM_NO_PLUGINS: "1" };
    doesNotMatch((await run(line, { watched: true, variables })).stderr, /plugin/);
  }));

Deno.test({
  name: "plans are coloured on a terminal, and not with NO_COLOR or --no-color",
  ignore: !HAS_TERMINAL,
  fn: () =>
    withRelease(async ({ type }) => {
      const line = "plan upgrade web ./web --set tag=2";
      const coloured = (await type(line, "")).text;
      match(coloured, /\x1b\[3\dm {2}\+ {3}nginx:2/);
      const plain = (await type(line, "", { NO_COLOR: "1" })).text;
      equal((await type(`${line} --no-color`, "")).text, plain);
      // deno-lint-ignore no-control-regex
      equal(coloured.replace(/\x1b\[\d+m/g, ""), plain);
      const asked = (await type("upgrade web ./web --set tag=2 --confirm", "n\n", { NO_COLOR: "1" })).text;
      doesNotMatch(asked.slice(asked.indexOf("web in shop"), asked.indexOf("Do this?")), /\x1b\[3\dm/);
    }),
});

Deno.test("plan and diff refuse --confirm and --dry-run, and their help leaves them out", async () => {
  const operations = ["plan upgrade", "plan install", "plan rollback", "plan delete", "diff upgrade", "diff rollback"];
  for (const operation of operations) {
    const words = operation.split(" ");
    const help = (await program([...words, "--help"], { own: true })).stdout;
    doesNotMatch(help, /--(confirm|dry-run|kube-version|show-release)\b/, operation);
    for (const flag of ["--confirm", "--dry-run"]) {
      const { code, stdout, stderr } = await program([...words, "web", "./web", flag], { own: true });
      deepEqual([code, stdout], [1, ""], operation);
      const text = `Error: unknown flag: ${flag}\n`;
      equal(stderr.slice(0, text.length), text);
      match(stderr, new RegExp(`It is not needed: 'skeg ${words[0]}' changes nothing\\.`));
    }
  }
});
