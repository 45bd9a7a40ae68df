import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { SkegError } from "../../errors.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { asHelm, type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

const CHART = {
  "web/Chart.yaml": "name: web\nversion: 1.2.3\nappVersion: '4.5'\n",
  "web/values.yaml": "greeting: hello\nreplicas: 1\n",
  "web/templates/NOTES.txt": "{{ .Values.greeting }}, {{ .Release.Name }} <{{ .Release.Namespace }}>\n",
  "web/templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
data:
  greeting: {{ required "a greeting is needed" .Values.greeting | quote }}
`,
  "web/templates/hook.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
`,
};

/** Runs command lines against one sandbox that lasts as long as the test. */
type Run = (line: string, options?: ProgramOptions) => Promise<Outcome>;

function withSandbox(work: (run: Run, folder: string) => Promise<void>): Promise<void> {
  return inFolder(CHART, (folder) => {
    const run: Run = (line, options) => {
      const words = line.split(" ").map((word) => word === "CHART" ? join(folder, "web") : word);
      return (options?.watched ? program : asHelm)([...words, `--sandbox=${join(folder, "state.db")}`], options);
    };
    return work(run, folder);
  });
}

/** Times are those of the moment. */
const still = (text: string) => text.replaceAll(/[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, "TIME");
const ages = (text: string) => text.replaceAll(/ +\d+(?:s|ms|m)$/gm, " AGE");

Deno.test("install prints name, status and notes as Helm does", () =>
  withSandbox(async (run) => {
    const { code, stdout, stderr } = await run("install CHART --name web --namespace shop");
    deepEqual([code, stderr], [0, ""]);
    equal(
      ages(still(stdout)),
      `NAME:   web
LAST DEPLOYED: TIME
NAMESPACE: shop
STATUS: DEPLOYED

RESOURCES:
==> v1/ConfigMap
NAME        DATA  AGE
web-config  1 AGE


NOTES:
hello, web <shop>

`,
    );
  }));

Deno.test("install refuses a name that is taken, in Tiller's three lines", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    deepEqual(await run("install CHART --name web"), {
      code: 1,
      stdout: "",
      stderr:
        "Error: a release named web already exists.\nRun: helm ls --all web; to check the status of the release\n" +
        "Or run: helm del --purge web; to delete it\n",
    });
  }));

// Pins Q6.
Deno.test("install --atomic leaves a release alone that was there before", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    const { code, stdout } = await run("install CHART --name web --atomic");
    equal(code, 1);
    match(stdout, /^INSTALL FAILED\nPURGING CHART\nError: a release named web already exists\./);
    equal((await run("list -q")).stdout, "web\n");
  }));

Deno.test("install refuses names that no object could bear", () =>
  withSandbox(async (run) => {
    match(
      (await run("install CHART --name Web_1")).stderr,
      /^Error: release name Web_1 is invalid: a DNS-1123 subdomain/,
    );
  }));

Deno.test("install --name-template prints the name it came to", () =>
  withSandbox(async (run) => {
    const { stdout } = await run('install CHART --name-template {{"WEB"|lower}}-{{env("N")}}'.replace('env("N")', "1"));
    match(stdout, /^FINAL NAME: web-1\nNAME: {3}web-1\n/);
  }));

Deno.test("install --dry-run --debug dumps the release and changes nothing", () =>
  withSandbox(async (run, folder) => {
    const { code, stdout } = await run("install CHART --name web --dry-run --debug --set greeting=hi");
    equal(code, 0);
    equal(
      still(stdout),
      `[debug] SERVER: ""

[debug] Original chart version: ""
[debug] CHART PATH: ${join(folder, "web")}

NAME:   web
REVISION: 1
RELEASED: TIME
CHART: web-1.2.3
USER-SUPPLIED VALUES:
greeting: hi

COMPUTED VALUES:
greeting: hi
replicas: 1

HOOKS:
---
# web-hook
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
MANIFEST:

---
# Source: web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
data:
  greeting: "hi"
`,
    );
    equal((await run("list --all")).stdout, "");
  }));

Deno.test("a template error is one clear error, and leaves nothing", () =>
  withSandbox(async (run) => {
    const { code, stdout, stderr } = await run("install CHART --name web --set greeting=");
    deepEqual([code, stdout], [1, ""]);
    match(stderr, /^Error: render error in "web\/templates\/config\.yaml": .*a greeting is needed\n$/);
    equal((await run("list --all")).stdout, "");
  }));

Deno.test("upgrade, history, rollback and delete go through the life of a release", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    const upgraded = await run("upgrade web CHART --set greeting=hi");
    match(
      upgraded.stdout,
      /^Release "web" has been upgraded\.\nLAST DEPLOYED: .*\nNAMESPACE: default\nSTATUS: DEPLOYED\n/,
    );
    equal((await run("get values web")).stdout, "greeting: hi\n\n");
    equal((await run("get values web -a --output json")).stdout, '{"greeting":"hi","replicas":1}\n');
    equal((await run("get values web --revision 1")).stdout, "{}\n\n");
    equal((await run("rollback web 1")).stdout, "Rollback was a success.\n");
    equal(
      still((await run("history web")).stdout),
      "REVISION\tUPDATED                 \tSTATUS    \tCHART    \tAPP VERSION\tDESCRIPTION     \n" +
        "1       \tTIME\tSUPERSEDED\tweb-1.2.3\t4.5        \tInstall complete\n" +
        "2       \tTIME\tSUPERSEDED\tweb-1.2.3\t4.5        \tUpgrade complete\n" +
        "3       \tTIME\tDEPLOYED  \tweb-1.2.3\t4.5        \tRollback to 1   \n",
    );
    equal((await run("delete web")).stdout, 'release "web" deleted\n');
    equal((await run("list")).stdout, "");
    match((await run("list --all")).stdout, /\nweb \t3 {7}\t.*\tDELETED\t/);
    equal((await run("delete --purge web")).stdout, 'release "web" deleted\n');
    equal((await run("list --all")).stdout, "");
    equal((await run("status web")).stderr, 'Error: getting deployed release "web": release: "web" not found\n');
  }));

// Pins Q19.
Deno.test("upgrade --install installs what does not exist, with all its flags", () =>
  withSandbox(async (run) => {
    const { code, stdout } = await run("upgrade --install web CHART --namespace shop");
    equal(code, 0);
    match(stdout, /^Release "web" does not exist\. Installing it now\.\nNAME: {3}web\n/);
    const again = await run("upgrade --install web CHART --namespace other");
    match(
      again.stdout,
      /^WARNING: Namespace "other" doesn't match with previous\. Release will be deployed to shop\nRelease "web" has been/,
    );
  }));

// Pins Q21.
Deno.test("a failed upgrade says so on both streams; --atomic does not roll back what changed nothing", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    const failed = await run("upgrade web CHART --set greeting=");
    equal(failed.code, 1);
    match(failed.stdout, /^UPGRADE FAILED\nError: render error in .*\n$/);
    match(failed.stderr, /^Error: UPGRADE FAILED: render error in .*\n$/);
    const atomic = await run("upgrade web CHART --set greeting= --atomic");
    equal(atomic.stdout, failed.stdout);
    equal((await run("history web")).stdout.split("\n").length, 3);
    const absent = await run("upgrade nope CHART --atomic");
    deepEqual([absent.code, absent.stderr], [1, 'Error: UPGRADE FAILED: "nope" has no deployed releases\n']);
  }));

// Pins L2.
Deno.test("documents of -o json and -o yaml stand alone on stdout", () =>
  withSandbox(async (run) => {
    const installed = await run("upgrade --install web CHART -o json");
    const document = JSON.parse(installed.stdout);
    deepEqual([document.name, document.info.status.code, document.namespace], ["web", 1, "default"]);
    match(installed.stderr, /^Release "web" does not exist/);
    match(
      (await run("status web -o yaml")).stdout,
      /^info:\n {2}Description: Install complete\n[^]*\nname: web\nnamespace: default\n\n$/,
    );
    const listed = JSON.parse((await run("list --output json")).stdout);
    deepEqual(Object.keys(listed.Releases[0]), [
      "Name",
      "Revision",
      "Updated",
      "Status",
      "Chart",
      "AppVersion",
      "Namespace",
    ]);
    equal((await run("list -q --output json")).stdout, '["web"]\n');
    deepEqual(JSON.parse((await run("history web -o json")).stdout)[0].chart, "web-1.2.3");
  }));

Deno.test("list filters by a regular expression, pages, and says what comes next", () =>
  withSandbox(async (run) => {
    for (const name of ["abc", "abd", "xyz"]) await run(`install CHART --name ${name}`);
    equal((await run("list -q ^ab[cd]$")).stdout, "abc\nabd\n");
    equal((await run("list -q -r")).stdout, "xyz\nabd\nabc\n");
    match((await run("list -m 1")).stdout, /^\tnext: abd\nNAME\t/);
    equal((await run("list -q -m 1 -o abd")).stdout, "abd\n");
    match((await run("list [")).stderr, /^Error: error parsing regexp: missing closing \]: `\[`\n$/);
    equal(
      (await run("list -o json")).stderr,
      'Error: offset "json" not found\n',
    );
  }));

Deno.test("get shows manifest, hooks and notes", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    match((await run("get manifest web")).stdout, /^\n---\n# Source: web\/templates\/config\.yaml\n/);
    match((await run("get hooks web")).stdout, /^---\n# web-hook\napiVersion: v1\n/);
    equal((await run("get notes web")).stdout, "NOTES:\nhello, web <default>\n\n");
    equal((await run("get web --template {{.Release.Info.Status.Code}}/{{.Release.Version}}")).stdout, "DEPLOYED/1");
    deepEqual(await run("get hooks nope"), { code: 1, stdout: "nope\n", stderr: 'Error: release: "nope" not found\n' });
    equal(
      (await run("get notes nope --revision 2")).stderr,
      "Error: getting release 'nope' (v2): release: \"nope.v2\" not found\n",
    );
  }));

Deno.test("delete stops at the first release it cannot delete", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web");
    deepEqual(await run("delete web nope"), {
      code: 1,
      stdout: 'release "web" deleted\n',
      stderr: 'Error: release: "nope" not found\n',
    });
    equal((await run("delete --dry-run web")).stdout, 'release "web" deleted\n');
  }));

Deno.test("a person at a terminal sees hooks and objects on stderr; stdout stays Helm's", () =>
  withSandbox(async (run) => {
    const { stdout, stderr } = await run("install CHART --name web", { watched: true });
    match(stdout, /^NAME: {3}web\n/);
    match(stderr, /hook pre-install ConfigMap\/web-hook started\n/);
    match(stderr, /ConfigMap\/web-config created in default\n/);
  }));

Deno.test("--storage secret keeps records in secrets; an unknown driver is refused", () =>
  withSandbox(async (run) => {
    await run("install CHART --name web --storage secret");
    equal((await run("list -q --storage secret")).stdout, "web\n");
    equal((await run("list -q")).stdout, "");
    equal(
      (await run("list --storage floppy")).stderr,
      'Error: unknown storage driver "floppy"\n',
    );
  }));

Deno.test("no kubeconfig and an unreachable server are one clear error", async () => {
  const none = await program(["list"], { variables: { HOME: "/nowhere", SKEG_HINTS: "off" } });
  equal(none.code, 1);
  match(none.stderr, /^Error: .+\n$/);
  const unknown = await program(["list", "--kube-context", "x"], { variables: { HOME: "/nowhere" } });
  match(unknown.stderr, /^Error: could not get Kubernetes config for context "x"/);
});

Deno.test("an interrupted wait records FAILED and ends with the status of its signal", () =>
  inFolder({
    "stuck/Chart.yaml": "name: stuck\nversion: 1.0.0\n",
    "stuck/templates/pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {nodeSelector: {no: where}, containers: [{name: main, image: main}]}
`,
  }, async (folder) => {
    const stop = new AbortController();
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const waiting = asHelm(["install", join(folder, "stuck"), "--name", "web", "--wait", sandbox], {
      signal: stop.signal,
    });
    const listed = async () => (await program(["ls", "-a", sandbox])).stdout;
    while (!(await listed()).includes("PENDING_INSTALL"));
    stop.abort(new SkegError("aborted", "stopped by SIGINT", { exitCode: 130 }));
    deepEqual(await waiting, { code: 130, stdout: "", stderr: "Error: release web failed: stopped by SIGINT\n" });
    match(await listed(), /^web +\t1 .*\tFAILED/m);
  }));
