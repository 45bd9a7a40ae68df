/**
 * Repairs of releases whose records are damaged at random: never a crash, never a write without consent, and what is written
 * with consent can be undone.
 */
import { deepEqual, ok } from "node:assert/strict";
import { damagedBytes, damagedText, type Dice, fuzz } from "../../../tests/_lib/fuzz.ts";
import { createKubeClient } from "../../kube/mod.ts";
import { openSandbox, type Sandbox } from "../../sandbox/mod.ts";
import { configMapDriver, decodeRecord, encodeRecord } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import type { KubeObject, StatusCode } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import type { BackupStore } from "./backups.ts";
import { repair } from "./run.ts";
import type { RepairName } from "./table.ts";
import { undoRepair } from "./undo.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";
const STATUSES: readonly StatusCode[] = ["DEPLOYED", "SUPERSEDED", "FAILED", "PENDING_UPGRADE", "DELETING", "DELETED"];

/** The repairs that write nothing but records, with options. */
const REPAIRS: readonly (readonly [RepairName, Readonly<Record<string, unknown>>])[] = [
  ["settle", { as: "failed" }],
  ["settle", { as: "deployed" }],
  ["dedupe", {}],
  ["promote", {}],
  ["relabel", { truth: "content" }],
  ["relabel", { truth: "label" }],
  ["quarantine", {}],
  ["salvage", {}],
  ["prune", { keep: 1 }],
  ["slim", {}],
  ["forget", {}],
  ["disown", { object: "ConfigMap/web" }],
  ["map-apis", {}],
];

/** Two records of a release, the second one damaged, and a repair. */
interface Input {
  readonly statuses: readonly [StatusCode, StatusCode];
  readonly text: string;
  readonly repair: (typeof REPAIRS)[number];
  readonly consents: boolean;
}

const manifest = (colour: string): string =>
  `\n---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {colour: ${colour}}`;

function input(dice: Dice): Input {
  const statuses = [dice.pick(STATUSES), dice.pick(STATUSES)] as const;
  const whole = encodeRecord(someRelease({ revision: 2, status: statuses[1], manifest: manifest("red") }));
  const text = dice.oneIn(3)
    ? damagedText(dice, whole)
    : dice.oneIn(2)
    ? damagedBytes(dice, Uint8Array.fromBase64(whole)).toBase64()
    : whole.slice(0, dice.below(whole.length));
  return { statuses, text, repair: dice.pick(REPAIRS), consents: dice.oneIn(2) };
}

/** Stores the records of an input. */
async function put(cluster: Sandbox, { statuses, text }: Input): Promise<void> {
  const call = objectCallOf(cluster.transport);
  for (const key of ["web.v1", "web.v2", "web.v3"]) await call("DELETE", `${RECORDS}/${key}`);
  for (const [index, code] of statuses.entries()) {
    const revision = index + 1;
    const release = encodeRecord(someRelease({ revision, status: code, manifest: manifest("blue") }));
    const labels = { NAME: "web", OWNER: "TILLER", STATUS: code, VERSION: `${revision}` };
    const metadata = { name: `web.v${revision}`, labels };
    const data = { release: index === 0 ? release : text };
    await call("POST", RECORDS, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  }
}

async function contents(cluster: Sandbox): Promise<readonly KubeObject[]> {
  const { body } = await objectCallOf(cluster.transport)("GET", RECORDS);
  return (body as { items: KubeObject[] }).items.filter(({ metadata }) => metadata?.name?.startsWith("web.")).map((
    { metadata, data },
  ) => ({ metadata: { name: metadata?.name, labels: metadata?.labels }, data }) as KubeObject);
}

/** Number of records whose label or content says DEPLOYED. */
function deployed(records: readonly KubeObject[]): number {
  return records.filter(({ metadata, data }) => {
    if (metadata?.labels?.STATUS === "DEPLOYED") return true;
    try {
      return decodeRecord((data as { release: string }).release).info.status.code === "DEPLOYED";
    } catch {
      return false;
    }
  }).length;
}

Deno.test({
  name: "repair() of damaged records never crashes, writes nothing without consent, and can be undone",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const cluster = await openSandbox();
    const call = objectCallOf(cluster.transport);
    await call("POST", "/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web" },
      data: { colour: "blue" },
    });
    const environment = (): Environment => ({
      kube: createKubeClient(cluster),
      driver: configMapDriver(call, "kube-system"),
      clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
      random: () => 0,
      report: () => {},
      historyMax: 0,
    });
    try {
      await fuzz({
        make: input,
        show: (given) => JSON.stringify(given),
        work: async (given) => {
          await put(cluster, given);
          const before = await contents(cluster);
          let archive: Uint8Array | undefined;
          const backups: BackupStore = {
            save: (_, __, bytes) => {
              archive = bytes;
              return Promise.resolve("backup");
            },
            load: () => Promise.resolve(archive ?? new Uint8Array()),
          };
          const [name, options] = given.repair;
          const { consents: yes } = given;
          try {
            await repair(
              environment(),
              name,
              { ...options, release: "web", yes, olderThanSeconds: 0, backups } as never,
            );
          } finally {
            const after = await contents(cluster);
            if (!yes || archive === undefined) deepEqual(after, before);
            ok(deployed(after) <= Math.max(1, deployed(before)), "a further revision is DEPLOYED");
            if (archive !== undefined) {
              const { refused, records } = await undoRepair(environment(), { archive, yes: true, olderThanSeconds: 0 });
              ok(!refused, JSON.stringify(records));
              deepEqual(await contents(cluster), before);
            }
          }
        },
      });
    } finally {
      await cluster.close();
    }
  },
});
