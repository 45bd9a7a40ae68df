/**
 * Repairs of records that are killed after any request: what is left is a state with a name, there are never more DEPLOYED
 * revisions than before, the next repair ends well, and the undo of all of them restores every byte.
 */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { KubeError, type Transport } from "../../engine/kube/mod.ts";
import {
  type BackupStore,
  type OptionsOfRepair,
  repair,
  type RepairName,
  undoRepair,
} from "../../engine/release/mod.ts";
import type { KubeObject, StatusCode } from "../../engine/model/mod.ts";
import { decodeRecord } from "../../storage/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { killedAfter } from "./_kills.ts";
import { hurry, openStage, type Stage } from "./_stage.ts";
import { objectCallOf } from "../_lib/object_call.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";
const MAPS = "/api/v1/namespaces/default/configmaps";

/** A broken release, its repair, and the states in which a kill may leave it. */
interface Killing<N extends RepairName = RepairName> {
  readonly fix: N;
  readonly options: OptionsOfRepair<N>;
  readonly statuses: readonly StatusCode[];
  /** Breaks the records further. */
  readonly breaks?: (stage: Stage) => Promise<void>;
  /** States by labels, from the broken one to the repaired one. */
  readonly states: readonly string[];
}

const killing = <N extends RepairName>(one: Killing<N>): Killing => one as unknown as Killing;

/** Cuts the end off the records of revisions 1 and 2. */
async function cutOff(stage: Stage): Promise<void> {
  const call = objectCallOf(stage.cluster.transport);
  for (const key of ["web.v1", "web.v2"]) {
    const { body } = await call("GET", `${RECORDS}/${key}`);
    const object = body as KubeObject & { data: { release: string } };
    await call("PUT", `${RECORDS}/${key}`, { ...object, data: { release: object.data.release.slice(0, -8) } });
  }
}

/** Makes another release with the same object. */
async function shared(stage: Stage): Promise<void> {
  await stage.process().driver.create(someRelease({ name: "shop", manifest: `\n---\n${JSON.stringify(map(3))}` }));
}

/** Moves the record of revision 3 to a key of another number. */
async function underWrongKey(stage: Stage): Promise<void> {
  const call = objectCallOf(stage.cluster.transport);
  const { body } = await call("GET", `${RECORDS}/web.v3`);
  const object = body as KubeObject;
  await call("DELETE", `${RECORDS}/web.v3`);
  await call("POST", RECORDS, { ...object, metadata: { name: "web.v7", labels: object.metadata?.labels } });
}

const KILLINGS: readonly Killing[] = [
  killing({
    fix: "settle",
    options: { as: "deployed" },
    statuses: ["DEPLOYED", "DEPLOYED", "PENDING_UPGRADE"],
    states: [
      "1 DEPLOYED, 2 DEPLOYED, 3 PENDING_UPGRADE",
      "1 SUPERSEDED, 2 DEPLOYED, 3 PENDING_UPGRADE",
      "1 SUPERSEDED, 2 SUPERSEDED, 3 PENDING_UPGRADE",
      "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
    ],
  }),
  killing({
    fix: "dedupe",
    options: {},
    statuses: ["DEPLOYED", "DEPLOYED", "DEPLOYED"],
    states: [
      "1 DEPLOYED, 2 DEPLOYED, 3 DEPLOYED",
      "1 SUPERSEDED, 2 DEPLOYED, 3 DEPLOYED",
      "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
    ],
  }),
  killing({
    fix: "prune",
    options: { keep: 1 },
    statuses: ["SUPERSEDED", "FAILED", "DEPLOYED"],
    states: ["1 SUPERSEDED, 2 FAILED, 3 DEPLOYED", "2 FAILED, 3 DEPLOYED", "3 DEPLOYED"],
  }),
  killing({
    fix: "forget",
    options: {},
    statuses: ["SUPERSEDED", "DEPLOYED", "FAILED"],
    states: ["1 SUPERSEDED, 2 DEPLOYED, 3 FAILED", "2 DEPLOYED, 3 FAILED", "2 DEPLOYED", ""],
  }),
  killing({
    fix: "relabel",
    options: { truth: "content" },
    statuses: ["SUPERSEDED", "DEPLOYED", "SUPERSEDED"],
    breaks: underWrongKey,
    states: [
      "1 SUPERSEDED, 2 DEPLOYED, 7 SUPERSEDED",
      "1 SUPERSEDED, 2 DEPLOYED, 3 SUPERSEDED, 7 SUPERSEDED",
      "1 SUPERSEDED, 2 DEPLOYED, 3 SUPERSEDED",
    ],
  }),
  killing({
    fix: "promote",
    options: {},
    statuses: ["SUPERSEDED", "SUPERSEDED", "FAILED"],
    states: ["1 SUPERSEDED, 2 SUPERSEDED, 3 FAILED", "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED"],
  }),
  killing({
    fix: "quarantine",
    options: {},
    statuses: ["SUPERSEDED", "FAILED", "DEPLOYED"],
    breaks: cutOff,
    states: [
      "1 SUPERSEDED damaged, 2 FAILED damaged, 3 DEPLOYED",
      "1 SUPERSEDED apart damaged, 2 FAILED damaged, 3 DEPLOYED",
      "1 SUPERSEDED apart damaged, 2 FAILED apart damaged, 3 DEPLOYED",
    ],
  }),
  killing({
    fix: "salvage",
    options: {},
    statuses: ["SUPERSEDED", "FAILED", "DEPLOYED"],
    breaks: cutOff,
    states: [
      "1 SUPERSEDED damaged, 2 FAILED damaged, 3 DEPLOYED",
      "1 SUPERSEDED, 2 FAILED damaged, 3 DEPLOYED",
      "1 SUPERSEDED, 2 FAILED, 3 DEPLOYED",
    ],
  }),
  killing({
    fix: "slim",
    options: {},
    statuses: ["SUPERSEDED", "FAILED", "DEPLOYED"],
    states: [
      "1 SUPERSEDED, 2 FAILED, 3 DEPLOYED",
      "1 SUPERSEDED slim, 2 FAILED, 3 DEPLOYED",
      "1 SUPERSEDED slim, 2 FAILED slim, 3 DEPLOYED",
    ],
  }),
  killing({
    fix: "disown",
    options: { object: "ConfigMap/web" },
    statuses: ["SUPERSEDED", "DEPLOYED", "FAILED"],
    breaks: shared,
    states: [
      "1 SUPERSEDED, 2 DEPLOYED, 3 FAILED",
      "1 SUPERSEDED, 2 DEPLOYED empty, 3 FAILED",
      "1 SUPERSEDED, 2 DEPLOYED empty, 3 FAILED empty",
    ],
  }),
];

function memoryBackups(): BackupStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    save(cluster, name, bytes) {
      const path = `${cluster}/${name}-${kept.size}`;
      kept.set(path, bytes);
      return Promise.resolve(path);
    },
    load: (path) => Promise.resolve(kept.get(path) ?? new Uint8Array()),
  };
}

const map = (revision: number) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "web" },
  data: { colour: `c${revision}` },
});

async function withBroken({ statuses, breaks }: Killing, use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage();
  try {
    const { driver } = stage.process();
    for (const [index, status] of statuses.entries()) {
      const revision = index + 1;
      await driver.create(someRelease({ revision, status, manifest: `\n---\n${JSON.stringify(map(revision))}` }));
    }
    await objectCallOf(stage.cluster.transport)("POST", MAPS, map(3));
    await breaks?.(stage);
    await use(stage);
  } finally {
    await stage.close();
  }
}

async function contents(stage: Stage): Promise<readonly KubeObject[]> {
  const { body } = await objectCallOf(stage.cluster.transport)("GET", RECORDS);
  return (body as { items: KubeObject[] }).items
    .filter(({ metadata }) => metadata?.name?.startsWith("web."))
    .map(({ metadata, data }) =>
      ({ metadata: { name: metadata?.name, labels: metadata?.labels }, data }) as KubeObject
    );
}

const statesOf = (records: readonly KubeObject[]): string =>
  records.map((record) => {
    const { name, labels } = record.metadata ?? {};
    const words = [
      name?.replace("web.v", ""),
      labels?.STATUS,
      labels?.OWNER === "TILLER" ? "" : "apart",
      contentOf(record),
    ];
    return words.filter((word) => word !== "").join(" ");
  }).join(", ");

/** Returns what a repair has made of a record's content, in a word; empty for a whole one. */
function contentOf({ data }: KubeObject): "" | "damaged" | "slim" | "empty" {
  try {
    const { chart, manifest } = decodeRecord((data as { release: string }).release);
    return chart?.templates.length === 0 ? "slim" : manifest.trim() === "" ? "empty" : "";
  } catch {
    return "damaged";
  }
}

const run = ({ fix, options }: Killing, env: ReturnType<Stage["process"]>, backups: BackupStore) =>
  repair(env, fix, { ...options, release: "web", yes: true, olderThanSeconds: 0, backups });

hurry();

for (const one of KILLINGS) {
  Deno.test({
    name: `repair ${one.fix}, killed after any request, leaves a state with a name, and the next repair ends well`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const seen = new Set<string>();
      for (let k = 1;; k++) {
        let killed = true;
        await withBroken(one, async (stage) => {
          const before = await contents(stage);
          const backups = memoryBackups();
          const { through, dead } = killedAfter(k);
          const ended = run(one, stage.process(through), backups).then(() => true);
          killed = !await Promise.race([ended, dead.then(() => false)]);
          const left = statesOf(await contents(stage));
          seen.add(left);
          ok(one.states.includes(left), left);
          if (left !== one.states[0]) equal(backups.kept.size, 1);
          // A release that was forgotten is not found any more.
          if (left === "") await rejects(run(one, stage.process(), backups), { kind: "not-found" });
          else await run(one, stage.process(), backups);
          equal(statesOf(await contents(stage)), one.states.at(-1));
          for (const archive of [...backups.kept.values()].reverse()) {
            const { refused, records } = await undoRepair(stage.process(), { archive, yes: true, olderThanSeconds: 0 });
            ok(!refused, JSON.stringify(records));
          }
          deepEqual(await contents(stage), before);
        });
        if (!killed) break;
      }
      deepEqual([...seen].sort(), [...one.states].sort());
    },
  });

  Deno.test({
    name: `the undo of repair ${one.fix}, killed after any request, is ended by the next one`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      for (let k = 1;; k++) {
        let killed = true;
        await withBroken(one, async (stage) => {
          const before = await contents(stage);
          const backups = memoryBackups();
          await run(one, stage.process(), backups);
          const [archive = new Uint8Array()] = backups.kept.values();
          const { through, dead } = killedAfter(k);
          const ended = undoRepair(stage.process(through), { archive, yes: true, olderThanSeconds: 0 }).then(() =>
            true
          );
          killed = !await Promise.race([ended, dead.then(() => false)]);
          ok(one.states.includes(statesOf(await contents(stage))), statesOf(await contents(stage)));
          await undoRepair(stage.process(), { archive, yes: true, olderThanSeconds: 0 });
          deepEqual(await contents(stage), before);
        });
        if (!killed) break;
      }
    },
  });
}

Deno.test({
  name: "a repair whose deletion meets a record that another client modified stops there",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withBroken(KILLINGS[2] as Killing, async (stage) => {
      const call = objectCallOf(stage.cluster.transport);
      let done = false;
      const meddling = (next: Transport): Transport => async (request) => {
        if (!done && request.method === "DELETE") {
          done = true;
          const { body } = await call("GET", `${RECORDS}/web.v1`);
          const object = body as KubeObject;
          const labels = { ...object.metadata?.labels, extra: "1" };
          await call("PUT", `${RECORDS}/web.v1`, { ...object, metadata: { ...object.metadata, labels } });
        }
        return await next(request);
      };
      await rejects(run(KILLINGS[2] as Killing, stage.process(meddling), memoryBackups()), {
        kind: "conflict",
        message: /^web\.v1 was modified by another client since it was read\. 0 of 2 records were written/,
      });
      equal(statesOf(await contents(stage)), "1 SUPERSEDED, 2 FAILED, 3 DEPLOYED");
    }),
});

Deno.test({
  name: "a deletion or a creation whose answer is lost counts when it was carried out",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withBroken(KILLINGS[3] as Killing, async (stage) => {
      const before = await contents(stage);
      const backups = memoryBackups();
      const losing = (method: string): (next: Transport) => Transport => {
        let lost = 0;
        return (next) => async (request) => {
          const answer = await next(request);
          if (request.method !== method || lost > 0) return answer;
          lost++;
          await answer.body?.cancel();
          throw new KubeError("the connection was closed", 0, "");
        };
      };
      await run(KILLINGS[3] as Killing, stage.process(losing("DELETE")), backups);
      equal(statesOf(await contents(stage)), "");
      const [archive = new Uint8Array()] = backups.kept.values();
      await undoRepair(stage.process(losing("POST")), { archive, yes: true });
      deepEqual(await contents(stage), before);
    }),
});
