/**
 * A repair deletes the objects that a Tiller left; then the real Helm goes on, or begins anew under the same name.
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createKubeClient } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { type Environment, examine } from "../../engine/release/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

const map = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {colour: "{{ .Values.colour }}"}\n${more}`;

function makeChart(folder: string): string {
  const chart = join(folder, "site");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "{name: site, version: 0.1.0}\n");
  writeFileSync(join(chart, "values.yaml"), "{colour: red}\n");
  writeFileSync(join(chart, "templates/a.yaml"), map("{{ .Release.Name }}-a"));
  writeFileSync(
    join(chart, "templates/b.yaml"),
    `{{ if eq .Values.colour "blue" }}\n${map("{{ .Release.Name }}-b")}---\napiVersion: v1\nkind: Service\n` +
      "metadata: {name: {{ .Release.Name }}}\nspec: {ports: [{port: 0}]}\n{{ end }}",
  );
  return chart;
}

const story = { ignore: LACKING, sanitizeOps: false, sanitizeResources: false };
const names = async ({ read, namespace }: Arena): Promise<string[]> => {
  const list = await read(`/api/v1/namespaces/${namespace}/configmaps`) as { items?: KubeObject[] };
  return (list.items ?? []).map(({ metadata }) => metadata?.name ?? "").filter((name) => name !== "kube-root-ca.crt");
};

Deno.test({
  ...story,
  name: "after repair cleanup-failed a Tiller creates what its failed upgrade had left",
  fn: () =>
    together(async (arena) => {
      const { folder, namespace, helm, skeg } = arena;
      const chart = makeChart(folder);
      good(await helm("install", chart, "--name", "web", "--namespace", namespace));
      equal((await helm("upgrade", "web", chart, "--set", "colour=blue")).code, 1);
      deepEqual(await names(arena), ["web-a", "web-b"]);
      const backups = join(folder, "backups");
      const done = good(await skeg("repair", "cleanup-failed", "web", "--yes", "--backup", backups));
      match(done, /^web\.v2 {2}ConfigMap "web-b" .* -> deleted/m);
      deepEqual(await names(arena), ["web-a"]);
      const [archive = ""] = readdirSync(backups);
      good(await skeg("repair", "undo", join(backups, archive), "--objects", "--yes"));
      deepEqual(await names(arena), ["web-a", "web-b"]);
      good(await skeg("repair", "cleanup-failed", "web", "--yes"));
      // Helm 2 would refuse it: "already exists".
      writeFileSync(join(chart, "templates/b.yaml"), map("{{ .Release.Name }}-b"));
      good(await helm("upgrade", "web", chart));
      deepEqual(await names(arena), ["web-a", "web-b"]);
      good(await helm("delete", "web", "--purge"));
      deepEqual(await names(arena), []);
    }),
});

Deno.test({
  ...story,
  name: "after repair finish-delete a Tiller lists the release as deleted, rolls it back and installs its name anew",
  fn: () =>
    together(async (arena) => {
      const { folder, namespace, helm, skeg, cluster } = arena;
      const chart = makeChart(folder);
      good(await helm("install", chart, "--name", "web", "--namespace", namespace));
      const call = objectCallOf(cluster.transport);
      const path = `/api/v1/namespaces/${namespace}-records/configmaps`;
      const { decodeRecord, encodeRecord } = await import("../../storage/mod.ts");
      // A Tiller that was killed right after it had marked the record.
      const { body } = await call("GET", `${path}/web.v1`);
      const object = body as KubeObject & { data: { release: string } };
      const release = decodeRecord(object.data.release);
      const info = {
        ...release.info,
        status: { ...release.info.status, code: "DELETING" as const },
        deleted: { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
      };
      const labels = { ...object.metadata?.labels, STATUS: "DELETING" };
      const changed = {
        ...object,
        metadata: { ...object.metadata, labels },
        data: { release: encodeRecord({ ...release, info }) },
      };
      equal((await call("PUT", `${path}/web.v1`, changed)).status, 200);
      good(await skeg("repair", "finish-delete", "web", "--older-than", "0s", "--yes"));
      deepEqual(await names(arena), []);
      match(good(await helm("list", "--deleted")), /^web\s+1\s.*DELETED/m);
      good(await helm("rollback", "web", "1"));
      deepEqual(await names(arena), ["web-a"]);
      good(await helm("delete", "web", "--purge"));
      good(await helm("install", chart, "--name", "web", "--namespace", namespace));
      good(await helm("delete", "web", "--purge"));
    }),
});

Deno.test({
  ...story,
  name:
    "after a purge by a Tiller that could not delete, repair delete-orphans deletes what is named; then its name is free",
  fn: () =>
    together(async (arena) => {
      const { folder, namespace, helm, skeg, cluster } = arena;
      // No other story of the cluster has a release of this name.
      const release = namespace;
      const [a, b, c] = ["a", "b", "c"].map((end) => `${release}-${end}`);
      const chart = makeChart(folder);
      const labels = "labels: {heritage: {{ .Release.Service }}, release: {{ .Release.Name }}}";
      const object = (name: string): string =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-${name}, ${labels}}\n`;
      writeFileSync(join(chart, "templates/b.yaml"), `${object("b")}---\n${object("c")}`);
      const install = ["install", chart, "--name", release, "--namespace", namespace];
      // The server does not answer this Tiller's deletions of two objects.
      const other = await arena.anotherTiller(({ method, path }) =>
        method === "DELETE" && /\/configmaps\/.*-[bc]$/.test(path) ? Promise.reject(new Error("no")) : Promise.resolve()
      );
      good(await other(...install));
      // Helm 2 removes the records all the same, and does not mention what it could not delete.
      good(await other("delete", "--purge", release));
      deepEqual([await names(arena), await arena.records(release)], [[b, c], []]);
      const call = objectCallOf(cluster.transport);
      const env: Environment = {
        kube: createKubeClient(cluster),
        driver: configMapDriver(call, arena.recordsNamespace),
        clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
        random: () => 0,
        report: () => {},
        historyMax: 0,
      };
      const orphans = async () =>
        (await examine(env)).findings.filter(({ id, release: named }) => id === "O5" && named === release);
      const [found] = await orphans();
      deepEqual(found?.evidence.slice(1).map(({ text }) => text), [
        `ConfigMap "${b}", "${c}" in namespace "${namespace}"`,
      ]);
      equal(found?.repairs[0]?.command, `skeg repair delete-orphans ${release}`);
      const listed = good(await skeg("repair", "delete-orphans", release));
      for (const name of [b, c]) match(listed, new RegExp(`ConfigMap "${name}" in namespace "${namespace}"`));
      deepEqual(await names(arena), [b, c]);
      const backups = join(folder, "backups");
      const one = ["repair", "delete-orphans", release, "--object", `ConfigMap/${b}`];
      good(await skeg(...one, "--yes", "--backup", backups));
      deepEqual(await names(arena), [c]);
      const [archive = ""] = readdirSync(backups);
      good(await skeg("repair", "undo", join(backups, archive), "--objects", "--yes"));
      deepEqual(await names(arena), [b, c]);
      good(await skeg(...one, "--object", `ConfigMap/${c}`, "--yes"));
      deepEqual([await names(arena), await orphans()], [[], []]);
      good(await helm(...install));
      match((await skeg("repair", "delete-orphans", release)).stderr, /has records: its objects are no orphans/);
      good(await helm("upgrade", release, chart));
      match(good(await helm("list")), new RegExp(`^${release}\\s.*DEPLOYED`, "m"));
      good(await helm("rollback", release, "1"));
      deepEqual(await names(arena), [a, b, c]);
      good(await helm("delete", "--purge", release));
      deepEqual(await names(arena), []);
    }),
});

Deno.test({
  ...story,
  name: "after repair clean-hooks a Tiller runs the hook again",
  fn: () =>
    together(async (arena) => {
      const { folder, namespace, helm, skeg, cluster } = arena;
      const chart = makeChart(folder);
      writeFileSync(
        join(chart, "templates/hook.yaml"),
        `apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}-hook, annotations: {helm.sh/hook: pre-upgrade}}\n` +
          "spec: {restartPolicy: Never, containers: [{name: a, image: example.invalid/a}]}\n",
      );
      const call = objectCallOf(cluster.transport);
      const pod = `/api/v1/namespaces/${namespace}/pods/web-hook`;
      /** Plays the node, which ends the pod of the hook. */
      const finished = async (): Promise<void> => {
        for (let tries = 0; tries < 200; tries++) {
          const { status, body } = await call("GET", pod);
          if (status === 200) {
            const ended = { ...body as KubeObject, status: { phase: "Succeeded" } };
            if ((await call("PUT", `${pod}/status`, ended)).status === 200) return;
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      good(await helm("install", chart, "--name", "web", "--namespace", namespace));
      good((await Promise.all([helm("upgrade", "web", chart), finished()]))[0]);
      match((await helm("upgrade", "web", chart)).stderr, /already exists/);
      match(
        good(await skeg("repair", "clean-hooks", "web", "--older-than", "0s", "--yes")),
        /Pod "web-hook" .* -> deleted .*hook pre-upgrade, succeeded/,
      );
      equal((await call("GET", pod)).status, 404);
      // The upgrade that met the hook's pod was left pending.
      good(await skeg("repair", "settle", "web", "--as", "failed", "--older-than", "0s", "--yes"));
      good((await Promise.all([helm("upgrade", "web", chart), finished()]))[0]);
      good(await helm("delete", "web", "--purge"));
    }),
});
