/** Tests of what `list` says about releases that Helm 3 has, too. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";
import { send } from "../../tests/_lib/old_records.ts";

const FILES = {
  "site/Chart.yaml": "name: site\nversion: 1.0.0\n",
  "site/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
};

type Run = (line: string, variables?: Readonly<Record<string, string>>) => Promise<Outcome>;

/** Installs `db` and `web`, lets Helm 3 have `web` in revision 4 of `storage`, and gives `web` a journal. */
async function withBoth(storage: "secrets" | "configmaps", work: (run: Run) => Promise<void>): Promise<void> {
  await inFolder(FILES, async (folder) => {
    const state = join(folder, "state.db");
    const run: Run = (line, variables = {}) =>
      program([...line.split(" ").map((word) => word === "site" ? join(folder, word) : word), `--sandbox=${state}`], {
        own: true,
        variables,
      });
    for (const name of ["db", "web"]) equal((await run(`install site --name ${name}`)).code, 0);
    const cluster = await openSandbox({ file: state });
    try {
      for (const [revision, status] of [[3, "superseded"], [4, "deployed"]] as const) {
        await send(cluster, "POST", `/api/v1/namespaces/default/${storage}`, {
          apiVersion: "v1",
          kind: storage === "secrets" ? "Secret" : "ConfigMap",
          ...storage === "secrets" ? { type: "helm.sh/release.v1" } : {},
          metadata: {
            name: `sh.helm.release.v1.web.v${revision}`,
            labels: { owner: "helm", name: "web", status, version: `${revision}` },
          },
        });
      }
      await send(cluster, "POST", "/api/v1/namespaces/kube-system/configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "skeg-migration.web", labels: { NAME: "web", OWNER: "SKEG", STATE: "migrated" } },
      });
    } finally {
      await cluster.close();
    }
    await work(run);
  });
}

const cells = (text: string): string[][] =>
  text.trimEnd().split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));

Deno.test("list names migrated releases on standard error, and its output stays Helm's", () =>
  withBoth("secrets", async (run) => {
    const { code, stdout, stderr } = await run("list");
    equal(code, 0);
    deepEqual(cells(stdout)[0], ["NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "NAMESPACE"]);
    match(stderr, /^Note: migrated to Helm 3: web; 'skeg list --helm3 --sandbox=.*' shows what Helm 3 has\.\n$/);
    match((await run("list --all")).stderr, /^Note: migrated to Helm 3: web;/);
    for (const quiet of [await run("list", { SKEG_HINTS: "off" }), await run("list --short"), await run("list db")]) {
      deepEqual([quiet.code, quiet.stderr], [0, ""]);
    }
  }));

Deno.test("list --helm3 shows the newest revision of Helm 3, as text and as data", async () => {
  for (const storage of ["secrets", "configmaps"] as const) {
    await withBoth(storage, async (run) => {
      const variables = storage === "secrets" ? {} : { HELM_DRIVER: "configmap" };
      const text = await run("list --helm3", variables);
      deepEqual([text.code, text.stderr], [0, ""]);
      deepEqual(cells(text.stdout).map((row) => `${row[0]} ${row.at(-1)}`), ["NAME HELM 3", "db ", "web 4 deployed"]);
      const { Releases } = JSON.parse((await run("list --helm3 --output json", variables)).stdout);
      deepEqual(Releases.map(({ Name, Helm3 }: Record<string, unknown>) => [Name, Helm3]), [
        ["db", null],
        ["web", { revision: 4, status: "deployed" }],
      ]);
      ok(!("Helm3" in JSON.parse((await run("list --output json", variables)).stdout).Releases[0]));
    });
  }
});

Deno.test("list --health names the finding of a migrated release", () =>
  withBoth("secrets", async (run) => {
    const rows = cells((await run("list --health")).stdout);
    equal(rows[2]?.at(-1), "note: R22");
  }));
