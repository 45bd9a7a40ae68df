/** Tests of `list --all` with records whose labels are missing or contradict their content. */
import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const SHOP = join(import.meta.dirname ?? ".", "../../testdata/found/shop");

/** A chart that every server refuses. */
const BROKEN = {
  "shop/Chart.yaml": "name: shop\nversion: 0.2.0\n",
  "shop/templates/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-cm}\ndata: {bad/key: x}\n",
};

interface Stage {
  readonly run: (line: string) => Promise<Outcome>;
  /** Changes labels of a record; `null` removes one. Copies it under another name when that is given. */
  readonly relabel: (key: string, labels: Record<string, string | null>, copy?: string) => Promise<void>;
}

/** A sandbox with three releases: `api`, `shop` with two revisions, and `web`, whose upgrade failed. */
function withReleases(storage: "configmap" | "secret", work: (stage: Stage) => Promise<void>): Promise<void> {
  return inFolder(BROKEN, async (folder) => {
    const file = join(folder, "state.json");
    const run: Stage["run"] = (line) =>
      program([
        ...line.split(" ").map((word) => word === "CHART" ? SHOP : word === "BROKEN" ? join(folder, "shop") : word),
        `--sandbox=${file}`,
        `--storage=${storage}`,
      ]);
    for (const name of ["api", "shop", "web"]) await run(`install CHART --name ${name}`);
    await run("upgrade shop CHART");
    await run("upgrade web BROKEN");
    const root = `/api/v1/namespaces/kube-system/${storage}s`;
    await work({
      run,
      async relabel(key, labels, copy) {
        const sandbox = await openSandbox({ file });
        const object = await (await sandbox.transport({ method: "GET", path: `${root}/${key}` })).json();
        for (const [label, value] of Object.entries(labels)) {
          if (value === null) delete object.metadata.labels[label];
          else object.metadata.labels[label] = value;
        }
        const { resourceVersion: _version, uid: _uid, ...metadata } = object.metadata;
        const request = copy === undefined
          ? { method: "PUT" as const, path: `${root}/${key}`, body: JSON.stringify(object) }
          : {
            method: "POST" as const,
            path: root,
            body: JSON.stringify({ ...object, metadata: { ...metadata, name: copy } }),
          };
        equal((await sandbox.transport(request)).ok, true);
        await sandbox.close();
      },
    });
  });
}

/** Name, revision and status of each row. */
function rows(stdout: string): string[] {
  return stdout.trim().split("\n").slice(1).map((line) => {
    const [name, revision, , status] = line.split("\t").map((cell) => cell.trim());
    return `${name} ${revision} ${status}`;
  });
}

const HEALTHY = ["api 1 DEPLOYED", "shop 2 DEPLOYED", "web 2 FAILED"];

for (const storage of ["configmap", "secret"] as const) {
  const kind = storage === "secret" ? "Secret" : "ConfigMap";
  const note = (key: string, rest: string): string => `Note: ${kind} "${key}" of namespace "kube-system": ${rest}\n`;

  Deno.test(`list --all of healthy records is as without any check, as ${kind}s`, () =>
    withReleases(storage, async ({ run }) => {
      const all = await run("list --all");
      deepEqual([all.stderr, rows(all.stdout)], ["", HEALTHY]);
      equal((await run("list")).stdout, all.stdout);
    }));

  Deno.test(`list --all shows a ${kind} without the label OWNER, and how it is put right`, () =>
    withReleases(storage, async ({ run, relabel }) => {
      await relabel("api.v1", { OWNER: null });
      await relabel("web.v1", { OWNER: "OTHERS", NAME: null });
      deepEqual(rows((await run("list")).stdout), ["shop 2 DEPLOYED", "web 2 FAILED"]);
      for (
        const line of ["list --all", "list --all --date", "list --all --namespace default", "list --all --reverse"]
      ) {
        const { stdout, stderr } = await run(line);
        deepEqual([line, rows(stdout).sort()], [line, HEALTHY]);
        equal(
          stderr,
          note(
            "api.v1",
            "it has no label OWNER. Other commands do not find it, or mistake it for another; to correct it: " +
              `kubectl label --overwrite -n kube-system ${storage} api.v1 OWNER=TILLER`,
          ) + note(
            "web.v1",
            "it has no label NAME, its content says web; its label OWNER is OTHERS. Other commands do not find it, " +
              "or mistake it for another; to correct it: " +
              `kubectl label --overwrite -n kube-system ${storage} web.v1 NAME=web OWNER=TILLER`,
          ),
        );
      }
      match((await run("status api")).stderr, new RegExp(`"api.v1" .* lacks the label OWNER=TILLER.*list --all`));
      equal((await run("list --all ^shop$")).stderr, "");
    }));

  Deno.test(`list --all says what the labels NAME, VERSION and STATUS of a ${kind} contradict`, () =>
    withReleases(storage, async ({ run, relabel }) => {
      await relabel("api.v1", { NAME: "old-api", VERSION: "7" });
      await relabel("shop.v2", { STATUS: "SUPERSEDED" });
      await relabel("web.v1", { STATUS: null });
      await relabel("web.v2", { STATUS: "DEPLOYED" });
      const { stdout, stderr } = await run("list --all");
      deepEqual(rows(stdout), HEALTHY);
      const lines = stderr.trimEnd().split("\n");
      deepEqual(
        lines.map((line) => line.replace(/\. (?:Other|'list').*/, "")),
        [
          note("api.v1", "its label NAME is old-api, its content says api; its label VERSION is 7, its content says 1"),
          note("shop.v2", "its label STATUS is SUPERSEDED, its content says DEPLOYED"),
          note("web.v1", "it has no label STATUS, its content says DEPLOYED"),
          note("web.v2", "its label STATUS is DEPLOYED, its content says FAILED"),
        ].map((line) => line.trimEnd()),
      );
      match(lines[0] ?? "", / api\.v1 NAME=api VERSION=1$/);
      match(lines[1] ?? "", /\. 'list' uses the content; 'upgrade' and 'rollback' use the label DEPLOYED\.$/);
    }));

  Deno.test(`list --all tells a ${kind} whose name is another than its content says`, () =>
    withReleases(storage, async ({ run, relabel }) => {
      await relabel("api.v1", { NAME: "copy" }, "copy.v4");
      const { stdout, stderr } = await run("list --all");
      deepEqual(rows(stdout), ["api 1 DEPLOYED", "api 1 DEPLOYED", "shop 2 DEPLOYED", "web 2 FAILED"]);
      match(stderr, /"copy\.v4" .*: its content is that of "api\.v1"; its label NAME is copy, its content says api\. /);
      doesNotMatch(stderr, /kubectl/);
    }));
}

Deno.test("list --all passes over what is called as a record is and holds none", () =>
  withReleases("configmap", async ({ run, relabel }) => {
    const { stdout } = await run("list --all");
    await relabel("api.v1", { OWNER: null, owner: "helm" }, "sh.helm.release.v1.api.v1");
    deepEqual(await run("list --all"), { code: 0, stdout, stderr: "" });
  }));
