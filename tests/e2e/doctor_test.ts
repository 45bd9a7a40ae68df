/** States that a real Tiller leaves when it is killed, or when its operations fail: doctor names each, and nothing else. */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DoctorReport } from "../../engine/release/mod.ts";
import { until } from "../_lib/processes.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

/** Writes a chart with a ConfigMap; `hook` is the event of a Job that never ends, `files` are more templates. */
function chart({ folder }: Arena, value: string, hook = "", files: Readonly<Record<string, string>> = {}): string {
  const at = join(folder, `chart-${value}`);
  mkdirSync(join(at, "templates"), { recursive: true });
  writeFileSync(join(at, "Chart.yaml"), "{name: ill, version: 0.1.0}\n");
  const templates: Record<string, string> = {
    "config.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {value: "${value}"}\n`,
    ...files,
  };
  if (hook !== "") {
    templates["job.yaml"] = "apiVersion: batch/v1\nkind: Job\n" +
      `metadata: {name: endless-${value}, annotations: {helm.sh/hook: ${hook}}}\n` +
      "spec: {parallelism: 0, suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}\n";
  }
  for (const [name, text] of Object.entries(templates)) writeFileSync(join(at, "templates", name), text);
  return at;
}

/** A template that the server refuses. */
const REFUSED = {
  "bad.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n",
};

/** Returns `ID severity revision` of the findings about records. */
async function findings({ skeg }: Arena, ...flags: string[]): Promise<string[]> {
  const { stdout, stderr } = await skeg("doctor", "--older-than", "0s", "-o", "json", ...flags);
  const report: DoctorReport = JSON.parse(stdout);
  deepEqual(report.unseen, [], stderr);
  return report.findings.filter(({ id }) => id.startsWith("R"))
    .map(({ id, severity, revision }) => `${id} ${severity} ${revision}`);
}

/** Begins an operation that does not end, waits for its record, and kills Tiller. */
async function crashDuring(arena: Arena, status: string, ...args: string[]): Promise<void> {
  const running = arena.helm(...args, "--timeout", "60");
  await until(
    async () => (await arena.records("ill")).at(-1)?.info.status.code === status,
    () => `the newest revision never was ${status}`,
    20_000,
  );
  // Objects are changed shortly after the record is written.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await arena.crashTiller();
  notEqual((await running).code, 0);
}

const install = ({ namespace }: Arena): string[] => ["--name", "ill", "--namespace", namespace];

function story(name: string, play: (arena: Arena) => Promise<void>): void {
  Deno.test({ name: `story: ${name}`, ignore: LACKING, fn: () => together(play) });
}

story("Tiller was killed during an install", async (arena) => {
  await crashDuring(arena, "PENDING_INSTALL", "install", chart(arena, "1", "post-install"), ...install(arena));
  deepEqual(await findings(arena), ["R1 broken 1"]);
  good(await arena.skeg("repair", "settle", "ill", "--as", "deployed", "--older-than", "0s", "--yes"));
  deepEqual(await findings(arena), []);
  good(await arena.helm("upgrade", "ill", chart(arena, "2")));
});

for (const hook of ["pre-upgrade", "post-upgrade"]) {
  story(`Tiller was killed during an upgrade, at its ${hook} hook`, async (arena) => {
    good(await arena.helm("install", chart(arena, "1"), ...install(arena)));
    deepEqual(await findings(arena), []);
    await crashDuring(arena, "PENDING_UPGRADE", "upgrade", "ill", chart(arena, "2", hook));
    deepEqual(await findings(arena), ["R2 broken 2"]);
    const refused = await arena.helm("upgrade", "ill", chart(arena, "3"));
    notEqual(refused.code, 0);
    const status = hook === "pre-upgrade" ? "failed" : "deployed";
    good(await arena.skeg("repair", "settle", "ill", "--as", status, "--older-than", "0s", "--yes"));
    deepEqual((await findings(arena)).filter((text) => !text.includes("note")), []);
    good(await arena.helm("upgrade", "ill", chart(arena, "3")));
    deepEqual(await findings(arena), []);
  });
}

story("Tiller was killed during a deletion", async (arena) => {
  good(await arena.helm("install", chart(arena, "1", "post-delete"), ...install(arena)));
  await crashDuring(arena, "DELETING", "delete", "ill");
  deepEqual(await findings(arena), ["R3 broken 1"]);
});

story("Tiller's first install failed", async (arena) => {
  notEqual((await arena.helm("install", chart(arena, "1", "", REFUSED), ...install(arena))).code, 0);
  deepEqual(await findings(arena), ["R5 broken 1"]);
  good(await arena.skeg("repair", "promote", "ill", "--yes"));
  deepEqual(await findings(arena), []);
  good(await arena.helm("upgrade", "ill", chart(arena, "2")));
  deepEqual(await findings(arena), []);
});

story("Tiller's upgrade failed", async (arena) => {
  good(await arena.helm("install", chart(arena, "1"), ...install(arena)));
  notEqual((await arena.helm("upgrade", "ill", chart(arena, "2", "", REFUSED))).code, 0);
  const [found = ""] = await findings(arena);
  equal(found.replace(/warning|note/, "…"), "R7 … 2");
});

story("Tiller's rollback failed", async (arena) => {
  const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  good(await arena.helm("install", chart(arena, "1", "", { "b.yaml": map("b") }), ...install(arena)));
  good(await arena.helm("upgrade", "ill", chart(arena, "2")));
  const path = `/api/v1/namespaces/${arena.namespace}/configmaps`;
  await arena.send("POST", path, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b" } });
  notEqual((await arena.helm("rollback", "ill", "1")).code, 0);
  const left = (await arena.records("ill")).map(({ info }) => info.status.code);
  deepEqual(left, ["SUPERSEDED", "SUPERSEDED", "FAILED"]);
  deepEqual(await findings(arena), ["R8 broken 3"]);
});

story("records of Tiller that people have edited", async (arena) => {
  const { recordsNamespace, read, cluster } = arena;
  good(await arena.helm("install", chart(arena, "1"), ...install(arena)));
  good(await arena.helm("upgrade", "ill", chart(arena, "2")));
  const path = (key: string): string => `/api/v1/namespaces/${recordsNamespace}/configmaps/${key}`;
  const patch = async (key: string, body: unknown): Promise<void> => {
    const answer = await cluster.transport({
      method: "PATCH",
      path: path(key),
      contentType: "application/merge-patch+json",
      body: JSON.stringify(body),
    });
    equal(answer.ok, true, await answer.text());
  };
  const whole = (await read(path("ill.v1")))?.data as { release: string };
  const states: readonly (readonly [change: unknown, found: string[], undo: unknown])[] = [
    [{ metadata: { labels: { STATUS: "DEPLOYED" } } }, ["R10 warning 1"], {
      metadata: { labels: { STATUS: "SUPERSEDED" } },
    }],
    [{ metadata: { labels: { OWNER: null } } }, ["R11 broken 1"], { metadata: { labels: { OWNER: "TILLER" } } }],
    [{ metadata: { labels: { NAME: "x" } } }, ["R11 broken 1"], { metadata: { labels: { NAME: "ill" } } }],
    [{ data: { release: whole.release.slice(0, 100) } }, ["R9 broken 1"], { data: whole }],
  ];
  for (const [change, found, undo] of states) {
    await patch("ill.v1", change);
    // Old revisions are read with `--deep` only.
    deepEqual(await findings(arena, "--deep"), found);
    await patch("ill.v1", undo);
    deepEqual(await findings(arena, "--deep"), []);
  }
});
