/** Tests of saved plans: `plan … --plan-out`, `plan show`, `apply`. */
import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { openTarget } from "../../app/open_target.ts";
import { RISK_CODES } from "../../engine/kube/explain/mod.ts";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const CANARY = "canary-c41d90aa";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": "tag: 1.27.2\npassword: none-given\n",
  "web/templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {id: {{ randAlphaNum 20 | quote }}}
    spec:
      containers:
      - {name: nginx, image: "nginx:{{ .Values.tag }}"}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: {{ .Values.password }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1"}
`,
  "key": "a long key of the team\n",
  "wrong": "another key\n",
};

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const CONFIG = "/api/v1/namespaces/shop/configmaps/settings";

interface Bench {
  readonly run: (line: string) => Promise<Outcome>;
  /** Sends a request beside the program; resolves with the object. */
  // deno-lint-ignore no-explicit-any
  readonly send: (request: KubeRequest) => Promise<any>;
  readonly folder: string;
}

function withRelease(work: (bench: Bench) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const sandbox = join(folder, "state.db");
    const run = (line: string): Promise<Outcome> =>
      program([
        ...line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word),
        `--sandbox=${sandbox}`,
      ]);
    const send = async (request: KubeRequest) => {
      const cluster = await openTarget({ sandbox });
      const answer = await (await cluster.transport(request)).json();
      await cluster.close();
      return answer;
    };
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    await work({ run, send, folder });
  });
}

const patch = (path: string, body: unknown): KubeRequest => ({
  method: "PATCH",
  path: `${path}?fieldManager=kubectl-edit`,
  contentType: "application/merge-patch+json",
  body: JSON.stringify(body),
});

Deno.test("apply does exactly what the plan shows, random values included, and only once", () =>
  withRelease(async ({ run, send }) => {
    const planned = await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json");
    equal(planned.code, 0);
    match(planned.stderr, /plan\.json holds 1 secret in clear; --plan-key seals it\./);
    const random = / {2}\+ {3}(\w{20}) +each render/.exec(planned.stdout)?.[1];
    deepEqual(await run("apply ./plan.json --yes"), {
      code: 0,
      stdout: 'Release "web" has been upgraded.\n',
      stderr: "",
    });
    const { spec } = await send({ method: "GET", path: DEPLOYMENT });
    equal(spec.template.spec.containers[0].image, "nginx:1.28");
    equal(spec.template.metadata.annotations.id, random);
    const again = await run("apply ./plan.json --yes");
    equal(again.code, 3);
    match(
      again.stderr,
      /^Error: the plan does not fit any more; nothing was changed\n {2}release web +revision 2 was made since/,
    );
    match((await run("history web")).stdout, /2 .*DEPLOYED.*Upgrade complete/);
  }));

Deno.test("apply refuses with 3 and sends no write when one bound thing has changed, and names it", () =>
  withRelease(async ({ run, send }) => {
    const changes: [string, () => Promise<unknown>, RegExp][] = [
      ["a field", () => send(patch(DEPLOYMENT, { spec: { replicas: 7 } })), /Deployment\/web +spec\.replicas 2 -> 7/],
      [
        "an object that nothing changes",
        () => send(patch(CONFIG, { data: { a: "2" } })),
        /ConfigMap\/settings +data\.a 1 -> 2/,
      ],
      ["a deletion", () => send({ method: "DELETE", path: CONFIG }), /ConfigMap\/settings +is gone/],
      ["a record", () => run("upgrade web ./web --set tag=3"), /release web +revision 2 was made since/],
    ];
    for (const [name, change, expected] of changes) {
      equal((await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json")).code, 0, name);
      await change();
      const history = (await run("history web")).stdout;
      const before = await send({ method: "GET", path: DEPLOYMENT });
      const { code, stderr } = await run("apply ./plan.json --yes");
      equal(code, 3, name);
      match(stderr, expected, name);
      equal((await run("history web")).stdout, history, name);
      equal(
        (await send({ method: "GET", path: DEPLOYMENT })).metadata.resourceVersion,
        before.metadata.resourceVersion,
        name,
      );
    }
  }));

Deno.test("apply takes a plan for an object whose status moved", () =>
  withRelease(async ({ run, send }) => {
    equal((await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json.gz")).code, 0);
    const before = await send({ method: "GET", path: DEPLOYMENT });
    await send(patch(`${DEPLOYMENT}/status`, { status: { observedGeneration: 77 } }));
    const after = await send({ method: "GET", path: DEPLOYMENT });
    notEqual(after.metadata.resourceVersion, before.metadata.resourceVersion);
    equal((await run("apply ./plan.json.gz --yes")).code, 0);
  }));

Deno.test("two applies of one plan at the same time: one wins", () =>
  withRelease(async ({ run }) => {
    equal((await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json")).code, 0);
    const codes = await Promise.all([run("apply ./plan.json --yes"), run("apply ./plan.json --yes")]);
    deepEqual(codes.map(({ code }) => code).sort(), [0, 3]);
    match((await run("history web")).stdout.trim().split("\n").at(-1) ?? "", /^2 .*DEPLOYED/);
  }));

Deno.test("a saved plan is private, is sealed by a key, and shows no secret outside of what is sealed", () =>
  withRelease(async ({ run, folder }) => {
    const line = `plan upgrade web ./web --set password=${CANARY} --plan-out ./plan.json`;
    equal((await run(line)).code, 0);
    const path = join(folder, "plan.json");
    if (Deno.build.os !== "windows") equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const { sealed, ...open } = JSON.parse(await Deno.readTextFile(path));
    match(JSON.stringify(sealed), new RegExp(CANARY));
    doesNotMatch(JSON.stringify(open), new RegExp(`${CANARY}|${btoa(CANARY)}`));
    const keyed = await run(`${line} --plan-key ./key`);
    equal(keyed.stderr, "");
    doesNotMatch(await Deno.readTextFile(path), new RegExp(`${CANARY}|${btoa(CANARY)}`));
    match((await run("apply ./plan.json --yes")).stderr, /^Error: the plan is sealed with a key/);
    match(
      (await run("apply ./plan.json --yes --plan-key ./wrong")).stderr,
      /^Error: the plan cannot be opened with this key/,
    );
    equal((await run("apply ./plan.json --yes --plan-key ./key")).code, 0);
  }));

Deno.test("apply refuses a changed file, an old plan, an unanswered question and a danger", () =>
  withRelease(async ({ run, folder }) => {
    equal((await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json")).code, 0);
    const path = join(folder, "plan.json");
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("nginx:1.28", "nginx:6.66"));
    match((await run("apply ./plan.json --yes")).stderr, /plan\.json was changed after it was made/);
    await Deno.writeTextFile(path, "{}");
    match((await run("apply ./plan.json --yes")).stderr, /plan\.json is not a saved plan/);
    await Deno.writeTextFile(path, text);
    match((await run("apply ./plan.json")).stderr, /standard input is not a terminal/);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    equal((await run("apply ./plan.json --yes --max-age 0s")).code, 3);
    equal((await run("plan install ./web --name api --namespace shop --plan-out ./bad.json")).code, 0);
    const refused = await run("apply ./bad.json --yes");
    equal(refused.code, 1);
    match(refused.stderr, /^Error: the plan has dangers that were not accepted: other-release\n/);
    // What the server would refuse is refused still.
    equal((await run("apply ./bad.json --yes --accept other-release")).code, 1);
    match((await run("status api")).stdout, /STATUS: FAILED/);
    equal((await run("apply ./plan.json --yes --max-age 1h")).code, 0);
  }));

Deno.test("plan show prints a saved plan, with today's filters and without a cluster", () =>
  withRelease(async ({ run }) => {
    const planned = await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json --plan-key ./key");
    equal((await run("plan show ./plan.json")).stdout, planned.stdout);
    const { stdout } = await run("plan show ./plan.json --only Secret --output json");
    deepEqual(JSON.parse(stdout).objects, []);
    ok((await run("plan show ./plan.json --summary")).stdout.length < planned.stdout.length);
  }));

Deno.test("apply does saved installs, rollbacks and deletions", () =>
  withRelease(async ({ run }) => {
    const both = async (line: string): Promise<Outcome> => {
      equal((await run(`${line} --plan-out ./plan.json`)).code, 0, line);
      return await run("apply ./plan.json --yes");
    };
    equal((await run("upgrade web ./web --set tag=2")).code, 0);
    equal((await both("plan rollback web 1")).stdout, "Rollback was a success.\n");
    equal((await both("plan delete web --purge")).stdout, 'release "web" deleted\n');
    equal((await run("list --all --short")).stdout, "");
    equal((await both("plan install ./web --name api --namespace new")).stdout, "NAME:   api\n");
    match((await run("status api")).stdout, /STATUS: DEPLOYED/);
  }));

Deno.test("apply --chart refuses another chart or other values with 3, and takes the same ones", () =>
  withRelease(async ({ run, folder }) => {
    equal((await run("plan upgrade web ./web --set tag=1.28 --plan-out ./plan.json")).code, 0);
    equal((await run("plan delete web --plan-out ./gone.json")).code, 0);
    const line = "apply ./plan.json --yes --chart ./web";
    const other = await run(`${line} --set tag=1.29`);
    equal(other.code, 3);
    match(other.stderr, /does not fit any more; nothing was changed\n {2}values {2}are not the plan's\n/);
    match((await run("apply ./plan.json --yes --set tag=1.28")).stderr, /only beside --chart/);
    match((await run("apply ./gone.json --yes --chart ./web")).stderr, /a plan of a delete has no chart/);
    const values = join(folder, "web", "values.yaml");
    const text = await Deno.readTextFile(values);
    await Deno.writeTextFile(values, `${text}more: true\n`);
    const changed = await run(`${line} --set tag=1.28`);
    equal(changed.code, 3);
    match(changed.stderr, /\n {2}chart {2}is not the plan's\n/);
    await Deno.writeTextFile(values, `# a comment changes no value\n${text}`);
    equal((await run(`${line} --set tag=1.28`)).code, 0);
    match((await run("history web")).stdout, /2 .*DEPLOYED/);
  }));

Deno.test("apply prints no secret when variables, annotations, arguments, Secrets or user values have changed", () =>
  withRelease(async ({ run, send }) => {
    const now = "driftsecret-77aa";
    const container = (item: unknown) => ({
      spec: { template: { spec: { containers: [{ name: "nginx", image: "nginx:1.27.2", ...item as object }] } } },
    });
    const env = (value: string) => container({ env: [{ name: "DB_PASSWORD", value }] });
    const args = (value: string) => container({ args: ["--password", value] });
    const note = (value: string) => ({ metadata: { annotations: { "db-token": value } } });
    const secret = (value: string) => ({ data: { password: btoa(value) } });
    const url = (value: string) => ({ data: { a: `me:${value}@db` } });
    const cases: [string, string, (value: string) => unknown, RegExp][] = [
      ["a variable", DEPLOYMENT, env, /env\[DB_PASSWORD\]\.value \(secret 15 bytes, \w+\) -> \(secret 16 bytes/],
      ["arguments", DEPLOYMENT, args, /args changed/],
      ["an annotation", CONFIG, note, /db-token \(secret 15 bytes, \w+\) -> \(secret 16 bytes/],
      ["a Secret", "/api/v1/namespaces/shop/secrets/web", secret, /Secret\/web +data\.password changed/],
      ["a user value", CONFIG, url, /data\.a me:\(secret 15 bytes, \w+\)@db -> me:@db/],
    ];
    for (const [name, path, change, expected] of cases) {
      await send(patch(path, change(CANARY)));
      const planned = `plan upgrade web ./web --set tag=1.28,password=${CANARY} --plan-out ./plan.json`;
      equal((await run(planned)).code, 0, name);
      await send(patch(path, change(name === "a user value" ? "" : now)));
      const { code, stdout, stderr } = await run("apply ./plan.json --yes");
      equal(code, 3, name);
      match(stderr, expected, name);
      doesNotMatch(stdout + stderr, new RegExp(`${CANARY}|${now}|${btoa(CANARY)}|${btoa(now)}`), name);
    }
  }));

Deno.test("apply and plan say why a file cannot be read or written, which codes exist, and how old a plan is", () =>
  withRelease(async ({ run, folder }) => {
    const first = (stderr: string): string => (stderr.split("\n")[0] ?? "").replaceAll(folder, ".");
    const lines: [string, RegExp][] = [
      ["apply ./none.json --yes", /^Error: the plan \.\/none\.json cannot be read: no such file or directory$/],
      ["plan show ./web", /^Error: the plan \.\/web cannot be read: is a directory$/],
      [
        "plan upgrade web ./web --plan-out ./none/plan.json",
        /^Error: the plan could not be written to \.\/none\/plan\.json: no such file or directory$/,
      ],
      ["plan upgrade web ./web --ignore-file ./none", /none cannot be read: no such file or directory$/],
      ["apply ./none.json --accept data,bogus", /^Error: --accept has an unknown code: "bogus"$/],
    ];
    for (const [line, expected] of lines) {
      const { code, stderr } = await run(line);
      equal(code, 1, line);
      match(first(stderr), expected);
    }
    match((await run("apply ./none.json --accept bogus")).stderr, /The codes are address, crd, data, /);
    equal((await run("plan upgrade web ./web --plan-out ./plan.json")).code, 0);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    match(
      (await run("apply ./plan.json --yes --max-age 0s")).stderr,
      /too old: it was made (1 second|\d+ seconds) ago/,
    );
  }));

Deno.test("RISK_CODES has the codes of the documented table", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/plan.md", import.meta.url));
  const rows = text.split("\n").filter((line) => /^\| `.*\| (note|warn|danger)/.test(line));
  const codes = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)`/g)].map(([, code]) => code));
  deepEqual(codes.sort(), [...RISK_CODES].sort());
});
