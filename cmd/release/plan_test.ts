/** Tests of `plan`, `diff upgrade`, `diff rollback` and `diff live`. */
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { openTarget } from "../../app/open_target.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

const CANARY = "canary-81b2d4f0";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": "image: {tag: 1.27.2}\nmemory: 256Mi\npassword: none-given\nselector: web\nparts: true\n",
  "web/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector:
    matchLabels: {app: {{ .Values.selector }}}
  template:
    metadata:
      labels: {app: {{ .Values.selector }}}
    spec:
      containers:
      - name: nginx
        image: nginx:{{ .Values.image.tag }}
        resources:
          limits:
            memory: {{ .Values.memory }}
`,
  "web/templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: web-database}
stringData: {password: {{ .Values.password }}}
`,
  "web/templates/parts.yaml": `{{- if .Values.parts }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-uploads}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-banner, annotations: {helm.sh/resource-policy: keep}}
{{- end }}
`,
  "web/templates/hooks.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: web-migrations
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: before-hook-creation}
`,
};

type Run = (line: string, options?: ProgramOptions) => Promise<Outcome>;

/** Runs `work` with a release `web`; `edit` changes an object as `kubectl edit` would. */
function withRelease(
  work: (run: Run, edit: (path: string, patch: unknown) => Promise<void>) => Promise<void>,
): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const sandbox = join(folder, "state.db");
    const run: Run = (line, options) =>
      program([
        ...line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word),
        `--sandbox=${sandbox}`,
      ], options);
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    await work(run, async (path, patch) => {
      const cluster = await openTarget({ sandbox });
      const request = {
        method: "PATCH",
        path: `${path}?fieldManager=kubectl-edit`,
        body: JSON.stringify(patch),
      } as const;
      const answer = await cluster.transport({ ...request, contentType: "application/merge-patch+json" });
      equal(answer.status, 200, await answer.text());
      await cluster.close();
    });
  });
}

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const MEMORY = {
  spec: {
    template: {
      spec: { containers: [{ name: "nginx", image: "nginx:1.27.2", resources: { limits: { memory: "512Mi" } } }] },
    },
  },
};

Deno.test("plan upgrade shows a changed value, the hook and the restart", () =>
  withRelease(async (run) => {
    const { code, stdout, stderr } = await run("plan upgrade web ./web --set image.tag=1.27.3");
    deepEqual([code, stderr], [0, ""]);
    equal(
      stdout,
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 3 pods
    spec.template.spec.containers[nginx].image
  -   nginx:1.27.2
  +   nginx:1.27.3                                      values image.tag
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced

1 object changes, 3 stay as they are, 1 hook runs. Nothing is deleted.
note restart Deployment/web: 3 pods are replaced, at most 25% missing at a time
`,
    );
    equal((await run("history web")).stdout.trim().split("\n").length, 2);
  }));

Deno.test("plan upgrade tells edits that stay from edits that are undone, by the mode", () =>
  withRelease(async (run, edit) => {
    await edit(DEPLOYMENT, MEMORY);
    const tiller = (await run("plan upgrade web ./web --set image.tag=1.27.3")).stdout;
    match(tiller, / {2}! {3}512Mi, the chart says 256Mi +drift, stays/);
    match(tiller, /1 field\nstays drifted; --apply three-way would put it back\./);
    const back = (await run("plan upgrade web ./web --apply three-way")).stdout;
    match(back, / {2}- {3}512Mi\n {2}\+ {3}256Mi +drift, undone/);
    equal((await run("plan upgrade web ./web --no-hooks --detailed-exitcode")).code, 4);
    equal((await run("plan upgrade web ./web --detailed-exitcode")).code, 2);
    equal((await run("diff upgrade web ./web --detailed-exitcode")).code, 4);
    equal((await run("diff upgrade web ./web --detailed-exitcode --apply three-way")).code, 2);
  }));

Deno.test("plan upgrade says what is lost, kept and refused, and what follows", () =>
  withRelease(async (run) => {
    const { stdout } = await run("plan upgrade web ./web --set selector=other,parts=false");
    match(stdout, /~ Deployment\/web +refused by the server/);
    match(stdout, /- PersistentVolumeClaim\/web-uploads +values parts: no longer in it/);
    match(stdout, /= ConfigMap\/web-banner +kept: resource policy keep/);
    match(stdout, /DANGER immutable {2}Deployment\/web: /);
    match(stdout, /DANGER data {7}PersistentVolumeClaim\/web-uploads: if it got so far: bound\s+to\s+\S+, reclaim/);
    ok(stdout.split("\n").every((line) => line.length <= 80), stdout);
  }));

Deno.test("plan install, rollback and delete change nothing and say what they would do", () =>
  withRelease(async (run) => {
    match(
      (await run("plan install ./web --name api --namespace shop")).stdout,
      /~ Deployment\/web +exists already\n[^]*DANGER other-release Deployment\/web: it exists already and belongs to release\s+"web";\s+the\s+operation\s+stops\s+before\s+it\s+changes\s+an\s+object\s+of\s+the\s+chart,\s+and\s+revision\s+1\s+is\s+recorded\s+as\s+FAILED/,
    );
    equal((await run("upgrade web ./web --set memory=1Gi")).code, 0);
    match(
      (await run("plan rollback web 1")).stdout,
      /revision 2 -> 3, .*\n\n~ Deployment\/web +restart, 3 pods\n.*\n {2}- {3}1Gi/,
    );
    match((await run("diff rollback web 1")).stdout, / {2}\+ {3}256Mi/);
    match((await run("plan delete web")).stdout, /revision 2, deleted[^]*3 objects are deleted, 1 is kept\./);
    equal((await run("history web")).stdout.trim().split("\n").length, 3);
    equal((await run("list --all --short")).stdout, "web\n");
  }));

Deno.test("diff live shows edits and what is gone, and nothing after an upgrade that undoes them", () =>
  withRelease(async (run, edit) => {
    equal((await run("diff live web --detailed-exitcode")).code, 0);
    await edit(DEPLOYMENT, MEMORY);
    const { code, stdout } = await run("diff live web --detailed-exitcode");
    equal(code, 4);
    match(
      stdout,
      /^web in shop: revision 1 against the cluster\n\n! Deployment\/web\n.*memory\n {2}- {3}256Mi\n {2}\+ {3}512Mi/,
    );
    match(stdout, /1 of 4 objects differs\.\n$/);
    equal((await run("upgrade web ./web --apply three-way")).code, 0);
    equal((await run("diff live web")).stdout.split("\n").at(-2), "No drift: 4 objects are as the record says.");
  }));

Deno.test("--only that matches no object is said, and no comparison is claimed for it", () =>
  withRelease(async (run, edit) => {
    await edit(DEPLOYMENT, MEMORY);
    const lines = ["diff live web", "plan upgrade web ./web", "diff upgrade web ./web", "diff revision web 1"];
    for (const line of lines) {
      const { stdout } = await run(`${line} --only Foo`);
      match(stdout, /\nNothing to compare: no object matches --only\.\n/, line);
      doesNotMatch(stdout, /No (drift|changes|differences)/, line);
    }
    match((await run("diff live web --only ConfigMap")).stdout, /No drift: 1 object is as the record says\./);
    match((await run("diff live web --only Deployment")).stdout, /1 of 1 object differs\./);
    equal((await run("plan upgrade web ./web --plan-out ./plan.json --set image.tag=2")).code, 0);
    match((await run("plan show ./plan.json --only Foo")).stdout, /Nothing to compare: no object matches --only\./);
  }));

Deno.test("--only counts what it selects: drift, hooks and the exit status, and plan show counts again", () =>
  withRelease(async (run, edit) => {
    await edit(DEPLOYMENT, MEMORY);
    const line = "plan upgrade web ./web --detailed-exitcode";
    const status = async (flags: string): Promise<number> => (await run(`${line} ${flags}`)).code;
    equal(await status("--no-hooks --only Deployment"), 4);
    equal(await status("--no-hooks --only Secret"), 0);
    // The hook is a ConfigMap.
    equal(await status("--only Deployment/web"), 4);
    equal(await status("--only ConfigMap/web-migrations"), 2);
    equal(await status("--only Secret"), 0);
    const { stdout } = await run(`${line} --only Secret`);
    match(stdout, /\n\nNo changes: 1 object is as revision 1 says\.\n$/);
    equal((await run("plan upgrade web ./web --plan-out ./plan.json --set image.tag=2,password=other")).code, 0);
    const show = async (flags: string): Promise<string> => (await run(`plan show ${flags} ./plan.json`)).stdout;
    match(await show("--full"), /2 objects change, 2 stay as they are, 1 hook runs\./);
    match(await show("--only Secret"), /\n1 object changes\. Nothing is deleted\.\n/);
    match(
      await show("--only ConfigMap"),
      /> pre-upgrade +ConfigMap\/web-migrations[^]*\nNo changes\. 1 hook would run\.\n/,
    );
    doesNotMatch(await show("--only ConfigMap"), /drifted/);
  }));

Deno.test("a plan that changes nothing says what has drifted, and does not say that all is as recorded", () =>
  withRelease(async (run, edit) => {
    await edit(DEPLOYMENT, MEMORY);
    const { stdout } = await run("diff upgrade web ./web");
    match(
      stdout,
      /\nNothing would change; 1 field has drifted and stays so\. --apply three-way would\s+put it back\. 1 hook would run\.\n$/,
    );
  }));

Deno.test("plans show no secret in any format", () =>
  withRelease(async (run) => {
    for (const format of ["text --full", "json", "yaml", "diff", "simple"]) {
      for (const command of ["plan upgrade web", "diff upgrade web", "plan install --name api"]) {
        const { code, stdout, stderr } = await run(`${command} ./web --set password=${CANARY} --output ${format}`);
        equal(code, 0, stderr);
        doesNotMatch(stdout + stderr, new RegExp(`${CANARY}|${btoa(CANARY)}`), `${command} ${format}`);
      }
    }
  }));

Deno.test("diff upgrade works as helmfile calls it", () =>
  withRelease(async (run) => {
    const flags = "--reset-values --allow-unreleased --detailed-exitcode";
    const changed = await run(`diff upgrade ${flags} web ./web --set image.tag=2 --output diff -C 1`);
    equal(changed.code, 2);
    match(changed.stdout, /^shop, web, Deployment \(apps\) has changed:\n\.\.\.\n {8}image|^shop, web, Deployment/);
    match(changed.stdout, /- {9}image: nginx:1\.27\.2|- +- image: nginx:1\.27\.2/);
    equal((await run(`diff upgrade ${flags} web ./web`)).code, 0);
    const fresh = await run(`diff upgrade ${flags} nope ./web --namespace other --output simple`);
    equal(fresh.code, 2);
    match(
      fresh.stdout,
      /other, web, Deployment \(apps\) to be added\.\n[^]*Plan: 5 to add, 0 to change, 0 to destroy\.\n$/,
    );
    equal((await run("diff upgrade --detailed-exitcode nope ./web")).code, 1);
  }));

Deno.test("upgrade --dry-run says on a terminal what would change, and in a pipe that nothing has changed", () =>
  withRelease(async (run) => {
    const line = "upgrade web ./web --set image.tag=1.27.3 --dry-run";
    const piped = await run(line);
    const { code, stdout, stderr } = await run(line, { watched: true });
    // Seconds pass between the two.
    const ageless = (text: string): string => text.replace(/\d+s$/gm, "Ns").replace(/\d\d:\d\d:\d\d/g, "TIME");
    deepEqual([code, ageless(stdout)], [0, ageless(piped.stdout)]);
    match(stderr, /this was a dry run; nothing has been changed/);
    match(
      stderr,
      /1 object changes, 3 stay as they are, 1 hook runs\. Nothing is deleted\.\nnote restart Deployment\/web/,
    );
    equal(piped.stderr, "Note: this was a dry run; nothing has been changed.\n");
    equal((await run("history web")).stdout.trim().split("\n").length, 2);
  }));

Deno.test("the calls that helmfile makes work, exit statuses included", () =>
  withRelease(async (run) => {
    // As helmfile 0.144.0 made them for lint, template, list, diff, apply, sync, test, status and destroy.
    const diff = "diff upgrade --reset-values --allow-unreleased";
    const shop = "--namespace shop --set image.tag=1.27.2";
    const list = "list ^web$ --deleting --deployed --failed --pending";
    const calls: [line: string, code: number, stdout?: RegExp][] = [
      ["version --client --short", 0, /^Client: v2\.17\.0/],
      ["dependency build ./web", 0, /^No requirements found in /],
      [`lint ./web ${shop}`, 1, /icon is recommended/],
      ["template ./web --name web --namespace shop --values ./web/values.yaml", 0, /\nkind: Deployment\n/],
      [list, 0, /^NAME.*\nweb /],
      [`${diff} web ./web ${shop}`, 0, /No changes/],
      [`${diff} web ./web ${shop} --detailed-exitcode`, 0],
      [`${diff} web ./web ${shop} --set memory=1Gi --detailed-exitcode`, 2, / {2}\+ {3}1Gi/],
      [`${diff} fresh ./web --namespace other --detailed-exitcode`, 2, /fresh in other: revision 1, new/],
      [`upgrade --install --reset-values web ./web --timeout 60 ${shop} --set memory=1Gi`, 0],
      ["upgrade --install --reset-values fresh ./web --timeout 60 --namespace other", 0, /^NAME: {3}fresh$/m],
      [`${diff} web ./web ${shop} --set memory=1Gi --detailed-exitcode`, 0],
      [`${diff} web ./web ${shop} --detailed-exitcode --suppress-secrets --context 3`, 2],
      [`${diff} web ./web ${shop} --detailed-exitcode --no-color`, 2],
      ["status web", 0, /^STATUS: DEPLOYED$/m],
      ["test web --timeout 60", 0],
      ["delete fresh --purge", 0],
      ["delete web --purge", 0, /^release "web" deleted$/m],
      [list, 0, /^$/],
    ];
    for (const [line, code, stdout] of calls) {
      const outcome = await run(line);
      equal(outcome.code, code, `${line}: ${outcome.stderr}`);
      if (stdout !== undefined) match(outcome.stdout, stdout, line);
    }
  }));

Deno.test("plan delete warns of pods that use what goes, but not of those that go too", () => {
  const files = {
    "api/Chart.yaml": "name: api\nversion: 1.0.0\n",
    "api/templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "api:1", envFrom: [{configMapRef: {name: settings}}]}]}
`,
  };
  return inFolder(files, async (folder) => {
    const sandbox = join(folder, "state.db");
    const run = (line: string) => program([...line.split(" "), `--sandbox=${sandbox}`]);
    equal((await run(`install ${join(folder, "api")} --name api --namespace shop --wait`)).code, 0);
    doesNotMatch((await run("plan delete api")).stdout, /in-use/);
    const cluster = await openTarget({ sandbox });
    const body = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "other" },
      spec: {
        containers: [{ name: "other", image: "other:1" }],
        volumes: [{ name: "settings", configMap: { name: "settings" } }],
      },
    };
    const path = "/api/v1/namespaces/shop/pods";
    const response = await cluster.transport({ method: "POST", path, body: JSON.stringify(body) });
    equal(response.status, 201, await response.text());
    await cluster.close();
    match((await run("plan delete api")).stdout, /in-use +ConfigMap\/settings: Pod\/other still uses it/);
  });
});
