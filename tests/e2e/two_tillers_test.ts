/**
 * Two real Tillers on the same records bring releases into unhealthy states: doctor finds each and names nothing else, and after
 * the repair that it proposes a real Tiller goes on with the release.
 */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import type { DoctorReport, Finding } from "../../engine/release/mod.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

const story = { ignore: LACKING, sanitizeOps: false, sanitizeResources: false };

/** Writes a chart with one ConfigMap of a value; a bad one has a Service that the server refuses, too. */
function makeChart({ folder }: Arena, value: string, isBad = false): string {
  const at = join(folder, `chart-${value}`);
  mkdirSync(join(at, "templates"), { recursive: true });
  writeFileSync(join(at, "Chart.yaml"), "{name: site, version: 0.1.0}\n");
  writeFileSync(
    join(at, "templates/a.yaml"),
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {value: ${value}}\n`,
  );
  const bad = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";
  if (isBad) writeFileSync(join(at, "templates/b.yaml"), bad);
  return at;
}

/** A gate that holds the first request that `matches`, until it is opened. */
function gateFor(matches: (request: KubeRequest) => boolean) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const gate = async (request: KubeRequest): Promise<void> => {
    if (!matches(request)) return;
    reach();
    await opened;
  };
  return { gate, reached, open };
}

async function findings({ skeg }: Arena): Promise<readonly Finding[]> {
  const { stdout, stderr } = await skeg("doctor", "web", "--output", "json");
  equal(stderr, "");
  const report: DoctorReport = JSON.parse(stdout);
  deepEqual(report.unseen, []);
  return report.findings;
}

const ids = (found: readonly Finding[]): string[] => found.map(({ id }) => id);

const history = async ({ records }: Arena): Promise<string[]> =>
  (await records("web")).map(({ revision, info }) => `${revision} ${info.status.code}`);

const bytes = async ({ read, recordsNamespace }: Arena): Promise<unknown> => {
  const list = await read(`/api/v1/namespaces/${recordsNamespace}/configmaps`) as { items?: KubeObject[] };
  return (list.items ?? []).filter(({ metadata }) => metadata?.name?.startsWith("web.")).map((
    { metadata, data },
  ) => [metadata?.name, metadata?.labels, data]);
};

const value = async ({ read, namespace }: Arena): Promise<unknown> =>
  ((await read(`/api/v1/namespaces/${namespace}/configmaps/web`))?.data as { value?: string } | undefined)?.value;

/** Performs the first repair that doctor proposes, undoes it, and performs it again; then doctor finds `left`. */
async function performFirst(arena: Arena, found: readonly Finding[], left: readonly string[]): Promise<string> {
  const { skeg, folder } = arena;
  const command = found[0]?.repairs[0]?.command ?? "";
  const words = command.split(" ").slice(1);
  const before = await bytes(arena);
  const backups = join(folder, "backups");
  good(await skeg(...words, "--yes", "--backup", backups));
  const [archive = ""] = readdirSync(backups);
  good(await skeg("repair", "undo", join(backups, archive), "--yes"));
  deepEqual(await bytes(arena), before);
  good(await skeg(...words, "--yes"));
  deepEqual(ids(await findings(arena)), left);
  return command;
}

/** A real Tiller lists, upgrades, rolls back and deletes the release. */
async function goesOn(arena: Arena): Promise<void> {
  const { helm } = arena;
  match(good(await helm("list")), /^web\s.*DEPLOYED/m);
  good(await helm("upgrade", "web", makeChart(arena, "next")));
  equal(await value(arena), "next");
  const [first] = await arena.records("web");
  good(await helm("rollback", "web", `${first?.revision}`));
  notEqual(await value(arena), "next");
  good(await helm("delete", "--purge", "web"));
  deepEqual([await value(arena), await history(arena)], [undefined, []]);
}

Deno.test({
  ...story,
  name:
    "R4: two upgrades by two Tillers leave two DEPLOYED revisions; doctor finds them, dedupe leaves the one that is live",
  fn: () =>
    together(async (arena) => {
      const { helm, namespace } = arena;
      good(await helm("install", makeChart(arena, "one"), "--name", "web", "--namespace", namespace));
      // A Tiller reads the DEPLOYED revision, and then the newest one: it waits in between.
      let isDeployedRead = false;
      const { gate, reached, open } = gateFor(({ path }) => {
        if (/labelSelector=NAME%3Dweb%2COWNER%3DTILLER(&|$)/.test(path)) return isDeployedRead;
        isDeployedRead ||= path.includes("STATUS%3DDEPLOYED");
        return false;
      });
      const other = await arena.anotherTiller(gate);
      const slow = other("upgrade", "web", makeChart(arena, "three"));
      await reached;
      good(await helm("upgrade", "web", makeChart(arena, "two")));
      open();
      good(await slow);
      deepEqual(await history(arena), ["1 SUPERSEDED", "2 DEPLOYED", "3 DEPLOYED"]);
      const found = await findings(arena);
      deepEqual(ids(found), ["R4"]);
      match(found[0]?.evidence.map(({ text }) => text).join("\n") ?? "", /1 as in revision 3/);
      match(await performFirst(arena, found, []), / repair dedupe web/);
      deepEqual(await history(arena), ["1 SUPERSEDED", "2 SUPERSEDED", "3 DEPLOYED"]);
      await goesOn(arena);
    }),
});

Deno.test({
  ...story,
  name: "R6: one Tiller removes the DEPLOYED revision, another one's upgrade fails; doctor finds it, promote mends it",
  fn: () =>
    together(async (arena) => {
      const { helm, namespace } = arena;
      good(await helm("install", makeChart(arena, "one"), "--name", "web", "--namespace", namespace));
      const { gate, reached, open } = gateFor(({ method, body = "" }) =>
        method === "POST" && `${body}`.includes("web.v2")
      );
      const other = await arena.anotherTiller(gate);
      const slow = other("upgrade", "web", makeChart(arena, "two", true));
      await reached;
      good(await helm("delete", "--purge", "web"));
      open();
      match((await slow).stderr, /UPGRADE FAILED/);
      deepEqual(await history(arena), ["2 FAILED"]);
      equal(await value(arena), "two");
      const found = await findings(arena);
      deepEqual(ids(found), ["R6"]);
      match((await helm("upgrade", "web", makeChart(arena, "next"))).stderr, /"web" has no deployed releases/);
      match(await performFirst(arena, found, ["O1"]), / repair promote web/);
      deepEqual(await history(arena), ["2 DEPLOYED"]);
      // Its manifest has the Service that the server refuses: the rollback of the common story goes to a later revision.
      good(await helm("upgrade", "web", makeChart(arena, "later")));
      await arena.send("DELETE", `/api/v1/namespaces/${arena.recordsNamespace}/configmaps/web.v2`);
      await goesOn(arena);
    }),
});
