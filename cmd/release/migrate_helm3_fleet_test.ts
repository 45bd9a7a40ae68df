/** `migrate helm3` over several contexts: sandboxes that are served like clusters. */
import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { createSkeg } from "../../app/skeg.ts";
import { decodeDocument } from "../../engine/kube/mod.ts";
import { openSandbox, serveSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

const CHART = chartFromFiles({
  "Chart.yaml": "name: site\nversion: 1.0.0\n",
  "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
});

Deno.test("migrate helm3 plans and migrates the releases of several clusters; one that is stopped hides no other", () =>
  inFolder({}, async (folder) => {
    const ends: (() => Promise<void>)[] = [];
    const merged = { clusters: [] as object[], users: [] as object[], contexts: [] as object[] };
    try {
      for (const name of ["east", "stopped", "west"]) {
        const sandbox = await openSandbox();
        const served = await serveSandbox(sandbox, { directory: join(folder, name) });
        const config = decodeDocument(readFileSync(served.kubeconfigPath, "utf8")) as {
          clusters: { cluster: object }[];
          users: { user: object }[];
        };
        merged.clusters.push({ name, cluster: config.clusters[0]?.cluster });
        merged.users.push({ name, user: config.users[0]?.user });
        merged.contexts.push({ name, context: { cluster: name, user: name } });
        const skeg = createSkeg({ kubeconfig: served.kubeconfigPath });
        await skeg.install(CHART, { name: `web-${name}` });
        await skeg.close();
        if (name === "stopped") await served.stop();
        else ends.push(served.stop);
        ends.push(sandbox.close);
      }
      const kubeconfig = join(folder, "all");
      writeFileSync(
        kubeconfig,
        JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "west", ...merged }),
      );
      const run = (...argv: string[]) =>
        program(
          ["migrate", "helm3", "--all", "--kubeconfig", kubeconfig, "--no-predict", "--archive", folder, ...argv],
          {
            own: true,
            variables: { HOME: folder, HELM_HOME: join(folder, "home") },
          },
        );
      const plan = await run("--contexts", "east,west");
      equal(plan.code, 0, plan.stderr);
      match(plan.stdout, /^east:\nweb-east {2}site-1\.0\.0[^]*^west:\nweb-west {2}site-1\.0\.0/m);
      match(plan.stderr, /^east: This was the plan[^]*^west: This was the plan/m);
      const done = await run("--all-contexts", "--yes", "--output", "json");
      equal(done.code, 1, done.stderr);
      const { kind, clusters, errors } = JSON.parse(done.stdout);
      equal(kind, "Helm3Migrations");
      deepEqual(
        clusters.map((one: { context: string; releases: { release: string; outcome: string }[] }) =>
          `${one.context} ${one.releases.map(({ release, outcome }) => `${release} ${outcome}`)}`
        ),
        ["east web-east done", "west web-west done"],
      );
      deepEqual(errors.map(({ context }: { context: string }) => context), ["stopped"]);
      match(
        (await run("--all-contexts", "--apply", "plan.json")).stderr,
        /^Error: --apply takes the releases from its plan/,
      );
      match((await run("--all-contexts", "--plan-out", "plan.json")).stderr, /^Error: a plan is about one cluster/);
    } finally {
      for (const end of ends) await end();
    }
  }));
