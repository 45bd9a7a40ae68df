/** The first repair that doctor proposes, performed as it is printed, ends the state. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { DoctorReport } from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { configMaps, recordText } from "../../tests/_lib/doctor_stage.ts";
import { type OldRecords, send, withOldRecords } from "../../tests/_lib/old_records.ts";
import { objectCallOf } from "../../tests/_lib/object_call.ts";
import { driverAt } from "../../storage/mod.ts";
import { type ReleaseSketch, someRelease } from "../../tests/_lib/releases.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";

interface State {
  readonly id: string;
  readonly records: readonly ReleaseSketch[];
  /** Values of the live ConfigMap `a`. */
  readonly live?: string;
  /** Changes a record's object. */
  readonly damage?: (stage: OldRecords) => Promise<void>;
  /** The name of the repair. */
  readonly repair: string;
}

const revision = (number: number, status: ReleaseSketch["status"], more: ReleaseSketch = {}): ReleaseSketch => ({
  manifest: configMaps({ a: `${number}` }),
  ...more,
  revision: number,
  ...status === undefined ? {} : { status },
});

/** Changes an object of a record. */
const change = (key: string, edit: (object: KubeObject) => KubeObject) => (stage: OldRecords): Promise<void> =>
  stage.inCluster(async (cluster) => {
    await send(cluster, "PUT", `${RECORDS}/${key}`, edit(await send(cluster, "GET", `${RECORDS}/${key}`)));
  });

const relabel = (key: string, labels: Readonly<Record<string, string>>) =>
  change(key, (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata?.labels, ...labels } },
  }));

const cut = (key: string, size: number) =>
  change(key, (object) => {
    const { release = "" } = object.data as Record<string, string>;
    return { ...object, data: { release: release.slice(0, size) } };
  });

const STATES: readonly State[] = [
  { id: "R1", records: [revision(1, "PENDING_INSTALL")], live: "1", repair: "settle" },
  { id: "R2", records: [revision(1, "DEPLOYED"), revision(2, "PENDING_UPGRADE")], live: "1", repair: "settle" },
  { id: "R2", records: [revision(1, "DEPLOYED"), revision(2, "PENDING_ROLLBACK")], live: "2", repair: "settle" },
  {
    id: "R3",
    records: [revision(1, "DELETING", { manifest: configMaps({ a: "1", b: "1" }) })],
    repair: "finish-delete",
  },
  { id: "R4", records: [revision(1, "DEPLOYED"), revision(2, "DEPLOYED")], live: "1", repair: "dedupe" },
  { id: "R4", records: [revision(1, "DEPLOYED"), revision(2, "DEPLOYED")], live: "9", repair: "dedupe" },
  { id: "R5", records: [revision(1, "FAILED")], live: "1", repair: "promote" },
  { id: "R6", records: [revision(4, "FAILED"), revision(5, "FAILED")], live: "4", repair: "promote" },
  { id: "R7", records: [revision(1, "DEPLOYED"), revision(2, "FAILED")], live: "2", repair: "reapply" },
  { id: "R8", records: [revision(1, "SUPERSEDED"), revision(2, "SUPERSEDED")], live: "2", repair: "promote" },
  {
    id: "R9",
    records: [revision(1, "DEPLOYED"), revision(2, "SUPERSEDED")],
    live: "1",
    damage: cut("web.v2", 40),
    repair: "quarantine",
  },
  {
    id: "R9",
    records: [revision(1, "DEPLOYED"), revision(2, "SUPERSEDED")],
    live: "1",
    damage: cut("web.v2", recordText(revision(2, "SUPERSEDED")).length - 8),
    repair: "salvage",
  },
  {
    id: "R10",
    records: [revision(1, "SUPERSEDED"), revision(2, "FAILED")],
    live: "2",
    damage: relabel("web.v2", { STATUS: "DEPLOYED" }),
    repair: "relabel",
  },
  {
    id: "R10",
    records: [revision(1, "DEPLOYED")],
    live: "1",
    damage: relabel("web.v1", { STATUS: "FAILED" }),
    repair: "relabel",
  },
  {
    id: "R11",
    records: [revision(1, "DEPLOYED")],
    live: "1",
    damage: relabel("web.v1", { NAME: "other" }),
    repair: "relabel",
  },
  {
    id: "R11",
    records: [revision(1, "DEPLOYED"), revision(2, "SUPERSEDED")],
    live: "1",
    damage: relabel("web.v2", { OWNER: "NOBODY" }),
    repair: "relabel",
  },
  {
    id: "R13",
    records: [revision(1, "DEPLOYED"), revision(2, "FAILED", { manifest: configMaps({ a: "1" }), namespace: "" })],
    live: "1",
    repair: "salvage",
  },
  {
    id: "R13",
    records: [revision(1, "DEPLOYED", { info: { firstDeployed: undefined, lastDeployed: undefined } })],
    live: "1",
    repair: "salvage",
  },
  {
    id: "R15",
    records: Array.from({ length: 60 }, (_, at) => revision(at + 1, at === 59 ? "DEPLOYED" : "SUPERSEDED")),
    live: "60",
    repair: "prune",
  },
];

async function findings(stage: OldRecords): Promise<DoctorReport["findings"]> {
  const { stdout, stderr } = await stage.skeg("doctor", "web", "--older-than", "0s", "-o", "json");
  equal(stderr, "");
  return JSON.parse(stdout).findings;
}

for (const [number, { id, records, live, damage, repair }] of STATES.entries()) {
  Deno.test(`doctor ${id} proposes ${repair}, which ends the state (${number})`, () =>
    withOldRecords(records, async (stage) => {
      await damage?.(stage);
      const found = (await findings(stage)).filter((finding) => finding.id === id);
      equal(found.length, 1, `no ${id}`);
      const command = found[0]?.repairs[0]?.command ?? "";
      // The command line as it is printed: the program, then its words.
      const [, ...words] = command.split(" ");
      deepEqual(words.slice(0, 2), ["repair", repair]);
      const older = repair === "reapply" ? [] : ["--older-than", "0s"];
      const preview = await stage.skeg(...words, ...older);
      equal(preview.code, 0, `${command}\n${preview.stdout}${preview.stderr}`);
      const { code, stdout, stderr } = await stage.skeg(...words, "--yes", ...older);
      equal(code, 0, `${command}\n${stdout}${stderr}`);
      const left = (await findings(stage)).filter(({ severity }) => severity !== "note");
      deepEqual(left.map((finding) => [finding.id, finding.title]), [], command);
    }, {
      live: {
        "/api/v1/namespaces/default/configmaps": {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "a" },
          data: { value: live ?? "1" },
        },
      },
    }));
}

/** Puts the same release into another place, too. */
async function putElsewhere(stage: OldRecords, storage: "configmap" | "secret", namespace: string): Promise<void> {
  await stage.inCluster(async (cluster) => {
    const path = "/api/v1/namespaces";
    if (namespace !== "kube-system") await send(cluster, "POST", path, { metadata: { name: namespace } });
    const call = objectCallOf(cluster.transport);
    await driverAt({ storage, namespace, call }).create(someRelease({ ...revision(1, "DEPLOYED"), name: "there" }));
  });
}

/** Performs the first proposal of the only finding with this id. */
async function performFirst(stage: OldRecords, id: string): Promise<string> {
  const { stdout } = await stage.skeg("doctor", "-o", "json");
  const found = (JSON.parse(stdout).findings as DoctorReport["findings"]).filter((finding) => finding.id === id);
  equal(found.length, 1, `no ${id}`);
  const command = found[0]?.repairs.find((repair) => repair.command !== "")?.command ?? "";
  const { code, stderr } = await stage.skeg(...command.split(" ").slice(1), "--yes");
  equal(code, 0, `${command}\n${stderr}`);
  const after = JSON.parse((await stage.skeg("doctor", "-o", "json")).stdout).findings as DoctorReport["findings"];
  deepEqual(after.filter((finding) => finding.id.startsWith("R")).map((finding) => finding.id), []);
  return command;
}

Deno.test("doctor R16 proposes forget for each place, with its flags", () =>
  withOldRecords([{ ...revision(1, "DEPLOYED"), name: "there" }], async (stage) => {
    await putElsewhere(stage, "secret", "kube-system");
    match(await performFirst(stage, "R16"), / repair forget there --storage secret --tiller-namespace kube-system /);
  }));

Deno.test("doctor R17 proposes forget for the other place", () =>
  withOldRecords([{ ...revision(1, "DEPLOYED"), name: "there" }], async (stage) => {
    await putElsewhere(stage, "configmap", "team");
    match(await performFirst(stage, "R17"), / repair forget there --storage configmap --tiller-namespace team /);
  }));

Deno.test("doctor R18 proposes to move the records to the place in use", () =>
  withOldRecords([], async (stage) => {
    await putElsewhere(stage, "secret", "team");
    match(
      await performFirst(stage, "R18"),
      / move-storage there --to configmap --to-namespace kube-system --storage secret /,
    );
  }));
