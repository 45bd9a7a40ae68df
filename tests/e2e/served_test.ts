import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { freePort, listens, processesIn, until } from "../_lib/processes.ts";
import { findProgram, type Ran, runProgram } from "./_programs.ts";
import { good, served } from "./_served.ts";

const CHART = join(import.meta.dirname ?? ".", "../../examples/charts/web");
const [kubectl, helm2, tiller] = [findProgram("kubectl"), findProgram("helm2"), findProgram("tiller")];
/** True in a run on a real cluster: these stories are about the sandbox and are skipped there. */
const elsewhere = Deno.env.has("SKEG_E2E_KUBECONFIG");

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: api}}
data: {colour: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: main, image: "example.invalid/api:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
`;

Deno.test({
  name: "kubectl works with a served sandbox",
  ignore: elsewhere || kubectl === undefined,
  fn: () =>
    served(async ({ env, skeg }) => {
      const run = (args: string, stdin = ""): Promise<Ran> =>
        runProgram(kubectl ?? "", args.split(" "), { env, stdin });
      good(await skeg("install", CHART, "--name", "web", "--wait"));
      const all = good(await run("get deploy,svc,cm -A"));
      match(all, /^default +deployment\.apps\/web +2\/2 +2 +2 +\d+s$/m);
      match(all, /^default +service\/web +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP +\d+s$/m);
      match(all, /^kube-system +configmap\/web\.v1 +1 +\d+s$/m);

      const apply = async (text: string): Promise<string[]> =>
        good(await run("apply -f -", text)).trim().split("\n").map((line) => line.split(" ")[1] ?? "");
      deepEqual(await apply(MANIFEST), ["created", "created", "created"]);
      deepEqual(await apply(MANIFEST.replace("blue", "red")), ["configured", "unchanged", "unchanged"]);
      equal(good(await run("get cm settings -o jsonpath={.data.colour}")), "red");
      good(await run("apply --server-side --force-conflicts -f -", MANIFEST));
      good(await run("rollout status deploy api --timeout=20s"));
      good(await run("set image deploy/api main=example.invalid/api:2"));
      good(await run("rollout status deploy api --timeout=20s"));
      good(await run("rollout undo deploy api"));
      good(await run("scale deploy api --replicas=3"));
      good(await run("wait deploy/api --for=jsonpath={.status.readyReplicas}=3 --timeout=20s"));
      match(
        good(await run("describe deploy api")),
        /Image: +example\.invalid\/api:1\n[^]*3 desired \| 3 updated|3 desired/,
      );
      match(good(await run("describe pods -l app=api")), /Controlled By: +ReplicaSet\/api-/);
      ok(good(await run("logs deploy/api")).length > 0);
      ok(good(await run("api-resources")).split("\n").length > 60);
      match(good(await run("explain deployment.spec.replicas")), /FIELD: replicas <integer>/);
      const watched = await run("get pods -l app=api --watch --request-timeout=2s");
      equal(watched.stdout.match(/ Running /g)?.length, 3);

      const refused = await run("create -f -", MANIFEST.replace("replicas: 2", "replicas: many"));
      equal(refused.code, 1);
      match(refused.stderr, /cannot (be handled as a Deployment|unmarshal string)|Invalid value/);
      const unknown = await run("create -f -", MANIFEST.replace("kind: Service", "kind: Servant"));
      match(unknown.stderr, /no matches for kind "Servant" in version "v1"/);
      equal((await run("get pod nobody")).stderr, 'Error from server (NotFound): pods "nobody" not found\n');
      good(await run("delete -f -", MANIFEST));
      equal(good(await run("get pods -l app=api -o name")), "");
    }),
});

Deno.test({
  name: "the real Helm 2 and its Tiller work with a served sandbox",
  ignore: elsewhere || helm2 === undefined || tiller === undefined,
  fn: () =>
    served(async ({ folder, env, skeg }) => {
      const port = await freePort();
      const programs = processesIn(folder);
      programs.start("tiller", tiller ?? "", ["--listen", `127.0.0.1:${port}`, "--probe=false"], env);
      try {
        await until(() => listens(port), () => `Tiller did not start: ${programs.log("tiller")}`);
        const helm = (...args: string[]): Promise<Ran> =>
          runProgram(helm2 ?? "", args, { env: { ...env, HELM_HOST: `127.0.0.1:${port}` } });
        good(await helm("init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/"));
        match(good(await helm("install", CHART, "--name", "web", "--wait")), /^STATUS: DEPLOYED$/m);
        match(good(await helm("ls")), /^web +\t1 .*\tDEPLOYED\t/m);
        match(good(await helm("upgrade", "web", CHART, "--set", "replicas=3", "--wait")), /^web +3\/3 /m);
        good(await helm("test", "web", "--cleanup"));

        // skeg sees Tiller's changes, and Tiller sees skeg's.
        equal(good(await skeg("history", "web")), good(await helm("history", "web")));
        equal(good(await skeg("get", "web")), good(await helm("get", "web")));
        good(await skeg("rollback", "web", "1", "--wait"));
        equal(good(await skeg("ls", "-a")), good(await helm("ls", "-a")));
        good(await helm("rollback", "web", "2", "--wait"));
        equal(good(await helm("history", "web")).trim().split("\n").length, 5);
        equal(good(await helm("delete", "--purge", "web")), 'release "web" deleted\n');
        equal(good(await skeg("ls", "-a")), "");
      } finally {
        await programs.stop();
      }
    }),
});
