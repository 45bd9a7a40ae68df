import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../engine/model/mod.ts";
import { type OldRecords, send, withOldRecords } from "../../tests/_lib/old_records.ts";

const OLD =
  "\n---\n# Source: web/a.yaml\napiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata: {name: web}";
const NEW = OLD.replace("v1beta1", "v1");
const RECORDS = "/api/v1/namespaces/kube-system/configmaps";
const PATH = `${RECORDS}/web.v1`;

/** Two revisions that name an old API version, repaired. `use` gets the path of the backup. */
function repaired(
  use: (stage: OldRecords, backup: string, before: readonly KubeObject[]) => Promise<void>,
): Promise<void> {
  return withOldRecords([
    { manifest: OLD, status: "SUPERSEDED" },
    { manifest: OLD, revision: 2 },
  ], async (stage) => {
    const before = [await stage.object("web.v1"), await stage.object("web.v2")];
    const folder = join(stage.folder, "backups");
    const { code, stderr } = await stage.skeg("repair", "map-apis", "web", "--yes", "--backup", folder);
    equal(code, 0, stderr);
    const [file = ""] = readdirSync(folder);
    await use(stage, join(folder, file), before);
  });
}

const contentOf = ({ metadata, data }: KubeObject): unknown => ({ labels: metadata?.labels, data });

Deno.test("repair undo shows what it would restore; with --yes data and labels are what they were", () =>
  repaired(async (stage, backup, before) => {
    const preview = await stage.skeg("repair", "undo", backup);
    equal(preview.code, 0, preview.stderr);
    equal(
      preview.stdout,
      "web.v1  as the repair left it\nweb.v2  as the repair left it\nweb: would restore 2 of 2 records\n",
    );
    match(preview.stderr, /preview.*--yes/);
    equal((await stage.release("web.v1")).manifest, NEW);
    const { code, stdout } = await stage.skeg("repair", "undo", backup, "--yes");
    deepEqual([code, stdout], [0, "web.v1  restored\nweb.v2  restored\nweb: restored 2 of 2 records\n"]);
    deepEqual(
      [await stage.object("web.v1"), await stage.object("web.v2")].map(contentOf),
      before.map(contentOf),
    );
    const again = await stage.skeg("repair", "undo", backup, "--yes");
    equal(again.code, 0);
    match(again.stdout, /^web\.v1 {2}already as it was before the repair$/m);
  }));

Deno.test("repair undo restores nothing when a record was changed since, and says what differs", () =>
  repaired(async (stage, backup) => {
    await stage.inCluster(async (cluster) => {
      const object = await send(cluster, "GET", PATH);
      const labels = { ...object.metadata?.labels, STATUS: "FAILED", extra: "1" };
      await send(cluster, "PUT", PATH, { ...object, metadata: { ...object.metadata, labels } });
    });
    for (const more of [[], ["--yes"]]) {
      const { code, stdout, stderr } = await stage.skeg("repair", "undo", backup, ...more);
      equal(code, 1);
      equal(
        stdout,
        "web.v1  changed since the repair\n    label STATUS: SUPERSEDED -> FAILED\n    label extra: none -> 1\n" +
          "web.v2  as the repair left it\n",
      );
      match(stderr, /^Error: 1 record of web is not as the repair left it: nothing was restored$/m);
    }
    equal((await stage.release("web.v2")).manifest, NEW);
  }));

Deno.test("repair undo tells a record that was written again, deleted, or made anew", () =>
  repaired(async (stage, backup) => {
    const lines = async () => (await stage.skeg("repair", "undo", backup)).stdout.split("\n").slice(0, 2);
    await stage.inCluster(async (cluster) => {
      const { data } = await send(cluster, "GET", `${RECORDS}/web.v2`);
      await send(cluster, "PUT", PATH, { ...await send(cluster, "GET", PATH), data });
    });
    deepEqual(await lines(), ["web.v1  changed since the repair", "    record: status SUPERSEDED -> DEPLOYED"]);
    await stage.inCluster(async (cluster) => {
      const object = await send(cluster, "GET", PATH);
      await send(cluster, "DELETE", PATH);
      await send(cluster, "POST", RECORDS, {
        ...object,
        metadata: { name: "web.v1", labels: object.metadata?.labels ?? {} },
      });
    });
    deepEqual(await lines(), ["web.v1  changed since the repair", "    it was deleted and created again"]);
    await stage.inCluster((cluster) => send(cluster, "DELETE", PATH));
    deepEqual(await lines(), ["web.v1  changed since the repair", "    it was deleted"]);
  }));

Deno.test("repair undo refuses archives of another cluster, and what is no archive", () =>
  repaired(async (stage, backup) => {
    await withOldRecords([{ manifest: OLD }], async (other) => {
      const { code, stderr } = await other.skeg("repair", "undo", backup, "--yes");
      equal(code, 1);
      match(stderr, /^Error: the archive is from another cluster: /);
    });
    const torn = join(stage.folder, "torn.tar.gz");
    writeFileSync(torn, readFileSync(backup).subarray(0, 300));
    match((await stage.skeg("repair", "undo", torn)).stderr, /^Error: the archive is damaged or of another kind/);
    match((await stage.skeg("repair", "undo", join(stage.folder, "none"))).stderr, /^Error: open .*none: no such file/);
    match((await stage.skeg("repair", "undo")).stderr, /^Error: This command needs 1 argument: archive/);
  }));

Deno.test("repair undo says what it did as JSON", () =>
  repaired(async (stage, backup) => {
    const { stdout } = await stage.skeg("repair", "undo", backup, "--yes", "-o", "json");
    const { time, ...report } = JSON.parse(stdout);
    match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    deepEqual(report, {
      repair: "map-apis",
      release: "web",
      performed: true,
      refused: false,
      records: ["web.v1", "web.v2"].map((key) => ({ key, state: "repaired", differences: [] })),
    });
  }));
