import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../engine/model/mod.ts";
import { openArchive } from "../../engine/release/mod.ts";
import { encodeRecord } from "../../storage/mod.ts";
import { type OldRecords, send, withOldRecords } from "../../tests/_lib/old_records.ts";
import { type ReleaseSketch, someRelease } from "../../tests/_lib/releases.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";
const MAPS = "/api/v1/namespaces/default/configmaps";

/** A manifest of one ConfigMap `web` with this colour. */
const coloured = (colour: string): string =>
  `\n---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {colour: ${colour}}`;

/** The live ConfigMap with this colour. */
const live = (colour: string): Readonly<Record<string, KubeObject>> => ({
  [MAPS]: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { colour } },
});

/** Revision `revision` with a status; its ConfigMap has the colour. */
const revision = (revision: number, status: ReleaseSketch["status"], colour = "blue"): ReleaseSketch => ({
  revision,
  status: status ?? "DEPLOYED",
  manifest: coloured(colour),
});

const OLD_ENOUGH = ["--older-than", "0s"];

/** Data and labels of all records, by key. */
function contents({ inCluster }: OldRecords): Promise<Record<string, unknown>> {
  return inCluster(async (cluster) => {
    const { items } = await send(cluster, "GET", RECORDS) as { items?: KubeObject[] };
    return Object.fromEntries((items ?? []).map(({ metadata, data }) => [
      metadata?.name,
      { labels: metadata?.labels, data },
    ]));
  });
}

/** Statuses of a release by label and content: `1 SUPERSEDED, 2 DEPLOYED`. */
async function statuses(stage: OldRecords, name = "web"): Promise<string> {
  const found: string[] = [];
  for (const [key, content] of Object.entries(await contents(stage)).sort()) {
    if (!key.startsWith(`${name}.v`)) continue;
    const label = (content as KubeObject & { labels: Record<string, string> }).labels.STATUS;
    const { info, revision } = await stage.release(key);
    const { code } = info.status;
    found.push(`${revision} ${label === code ? code : `${label}/${code}`}`);
  }
  return found.join(", ");
}

/** The newest backup in the folder of a test. */
function newestBackup(folder: string): string {
  const [file = ""] = readdirSync(folder).sort().reverse();
  return join(folder, file);
}

/**
 * Previews a repair, which must change nothing; performs it; calls `look`; undoes it, after which data and labels must be
 * what they were; and performs it once more.
 */
async function rehearse(
  stage: OldRecords,
  argv: readonly string[],
  look: (outcome: { readonly stdout: string; readonly stderr: string }) => Promise<void>,
): Promise<void> {
  const before = await contents(stage);
  // The records of these tests are some seconds old.
  const preview = await stage.skeg("repair", ...argv, ...OLD_ENOUGH);
  equal(preview.code, 0, preview.stderr);
  match(preview.stderr, /This was a preview: nothing was written/);
  deepEqual(await contents(stage), before);
  const folder = join(stage.folder, "backups");
  const done = await stage.skeg("repair", ...argv, ...OLD_ENOUGH, "--yes", "--backup", folder);
  equal(done.code, 0, done.stdout + done.stderr);
  await look(done);
  const after = await contents(stage);
  const undone = await stage.skeg("repair", "undo", newestBackup(folder), ...OLD_ENOUGH, "--yes");
  equal(undone.code, 0, undone.stdout + undone.stderr);
  deepEqual(await contents(stage), before);
  equal((await stage.skeg("repair", ...argv, ...OLD_ENOUGH, "--yes")).code, 0);
  deepEqual(await contents(stage), after);
}

Deno.test("repair settle --as failed ends an interrupted upgrade, and the older DEPLOYED revision stays", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "PENDING_UPGRADE", "red")], async (stage) => {
    await rehearse(stage, ["settle", "web", "--as", "failed"], async ({ stdout }) => {
      match(stdout, /^web\.v2 {2}status {2}PENDING_UPGRADE -> FAILED$/m);
      match(stdout, /^web: changed 1 of 2 records$/m);
      equal(await statuses(stage), "1 DEPLOYED, 2 FAILED");
      const { info } = await stage.release("web.v2");
      equal(info.description, "Marked FAILED by skeg repair; was PENDING_UPGRADE since 1970-01-12T13:46:40Z");
    });
    const again = await stage.skeg("repair", "web", "settle", "--as", "failed", "--yes");
    deepEqual([again.code, again.stdout], [
      0,
      "web.v2  it is FAILED: no operation was interrupted\nweb: nothing to write in 2 records\n",
    ]);
  }));

Deno.test("repair settle --as deployed needs live objects as in the newest revision, and supersedes the older one", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "PENDING_UPGRADE", "red")], async (stage) => {
    await rehearse(stage, ["settle", "web", "--as", "deployed"], async ({ stdout }) => {
      match(stdout, /^web\.v2 {2}status {2}PENDING_UPGRADE -> DEPLOYED {2}\(1 object tells: 1 as in revision 2\)$/m);
      equal(await statuses(stage), "1 SUPERSEDED, 2 DEPLOYED");
    });
  }, { live: live("red") }));

Deno.test("repair settle --as deployed is refused against the evidence, unless it is told to trust", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "PENDING_UPGRADE", "red")], async (stage) => {
    const refused = await stage.skeg("repair", "settle", "web", "--as", "deployed", "--yes");
    equal(refused.code, 1);
    match(
      refused.stderr,
      /^Error: the live objects do not agree with revision 2: 1 object tells: 1 as in revision 1$/m,
    );
    equal(await statuses(stage), "1 DEPLOYED, 2 PENDING_UPGRADE");
    const other = await stage.skeg("repair", "settle", "web", "--as", "deployed", "--trust-me", "1");
    match(other.stderr, /^Error: --trust-me names revision 1, and revision 2 is to be DEPLOYED/);
    equal(
      (await stage.skeg("repair", "settle", "web", "--as", "deployed", "--trust-me", "2", "--yes", ...OLD_ENOUGH)).code,
      0,
    );
    equal(await statuses(stage), "1 SUPERSEDED, 2 DEPLOYED");
  }, { live: live("blue") }));

Deno.test("repair settle --as deployed of a first revision accepts missing objects, of a later one it does not", async () => {
  await withOldRecords([revision(1, "PENDING_INSTALL")], async (stage) => {
    const { code } = await stage.skeg("repair", "settle", "web", "--as", "deployed", "--yes", ...OLD_ENOUGH);
    equal(code, 0);
    equal(await statuses(stage), "1 DEPLOYED");
  });
  await withOldRecords([revision(1, "DEPLOYED"), revision(2, "PENDING_UPGRADE")], async (stage) => {
    const { code, stderr } = await stage.skeg("repair", "settle", "web", "--as", "deployed", "--yes");
    equal(code, 1);
    match(stderr, /^Error: the live objects do not agree with revision 2: .*1 missing; 1 of revision 2 does not exist/);
  });
});

Deno.test("repair settle of a DELETING release takes its time of deletion back", () =>
  withOldRecords([{
    ...revision(1, "DELETING"),
    info: { deleted: { seconds: 1_000_100, nanos: 0 }, description: "Deletion in progress (or silently failed)" },
  }], async (stage) => {
    await rehearse(stage, ["settle", "web", "--as", "deployed"], async ({ stdout }) => {
      match(stdout, /time of deletion {2}1970-01-12T13:48:20Z -> none/);
      const { info } = await stage.release("web.v1");
      deepEqual([info.status.code, info.deleted], ["DEPLOYED", undefined]);
      equal(info.description, "Marked DEPLOYED by skeg repair; was DELETING since 1970-01-12T13:48:20Z");
    });
  }, { live: live("blue") }));

Deno.test("repair dedupe keeps the DEPLOYED revision that is live", () =>
  withOldRecords(
    [revision(1, "DEPLOYED"), revision(2, "DEPLOYED", "red"), revision(3, "FAILED", "green")],
    async (stage) => {
      await rehearse(stage, ["dedupe", "web"], async ({ stdout }) => {
        match(stdout, /^web\.v1 {2}revision 1 stays DEPLOYED: 1 object tells: 1 as in revision 1$/m);
        equal(await statuses(stage), "1 DEPLOYED, 2 SUPERSEDED, 3 FAILED");
      });
      equal(
        (await stage.skeg("repair", "dedupe", "web")).stdout.split("\n")[0],
        "web.v3  only one revision is DEPLOYED",
      );
    },
    { live: live("blue") },
  ));

Deno.test("repair dedupe is refused when the live objects agree with no revision", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "DEPLOYED", "red")], async (stage) => {
    const { code, stderr } = await stage.skeg("repair", "dedupe", "web", "--yes");
    equal(code, 1);
    match(stderr, /^Error: the live objects do not agree with one revision: /);
    equal(await statuses(stage), "1 DEPLOYED, 2 DEPLOYED");
    const unknown = await stage.skeg("repair", "dedupe", "web", "--trust-me", "3");
    match(unknown.stderr, /^Error: revision 3 is not one of those that can be chosen: 1, 2/);
    equal((await stage.skeg("repair", "dedupe", "web", "--trust-me", "1", "--yes")).code, 0);
    equal(await statuses(stage), "1 DEPLOYED, 2 SUPERSEDED");
  }));

Deno.test("repair promote marks the highest revision that is live, when none is DEPLOYED", () =>
  withOldRecords([revision(1, "SUPERSEDED"), revision(2, "FAILED", "red")], async (stage) => {
    await rehearse(stage, ["promote", "web"], async ({ stdout }) => {
      match(stdout, /^web\.v1 {2}status {2}SUPERSEDED -> DEPLOYED/m);
      equal(await statuses(stage), "1 DEPLOYED, 2 FAILED");
    });
    match((await stage.skeg("repair", "promote", "web")).stdout, /^web\.v1 {2}it is DEPLOYED$/m);
  }, { live: live("blue") }));

Deno.test("repair promote leaves interrupted and deleted releases alone", async () => {
  await withOldRecords([revision(1, "PENDING_INSTALL")], async (stage) => {
    const { code, stderr } = await stage.skeg("repair", "promote", "web");
    equal(code, 1);
    match(
      stderr,
      /^Error: web\.v1 is PENDING_INSTALL: an operation was interrupted\nRun '.* repair settle web .*' first/,
    );
  });
  await withOldRecords([revision(1, "DELETED")], async (stage) => {
    match((await stage.skeg("repair", "promote", "web")).stdout, /^web\.v1 {2}the release was deleted$/m);
  });
});

/** Changes labels of a record, as a person would; `undefined` removes one. */
async function relabelled(stage: OldRecords, key: string, labels: Record<string, string | undefined>): Promise<void> {
  await stage.inCluster(async (cluster) => {
    const object = await send(cluster, "GET", `${RECORDS}/${key}`);
    const all = Object.entries({ ...object.metadata?.labels, ...labels }).filter(([, value]) => value !== undefined);
    const metadata = { ...object.metadata, labels: Object.fromEntries(all) as Record<string, string> };
    await send(cluster, "PUT", `${RECORDS}/${key}`, { ...object, metadata });
  });
}

Deno.test("repair relabel --truth content gives labels the values of the content, and finds records without any", () =>
  withOldRecords([revision(1, "SUPERSEDED"), revision(2, "DEPLOYED")], async (stage) => {
    await relabelled(stage, "web.v1", { OWNER: undefined, NAME: undefined, STATUS: undefined, VERSION: undefined });
    await relabelled(stage, "web.v2", { STATUS: "FAILED" });
    await rehearse(stage, ["relabel", "web", "--truth", "content"], async ({ stdout }) => {
      match(stdout, /^web\.v1 {2}label OWNER {2}none -> TILLER$/m);
      match(stdout, /^web\.v2 {2}label STATUS {2}FAILED -> DEPLOYED$/m);
      equal(await statuses(stage), "1 SUPERSEDED, 2 DEPLOYED");
    });
  }));

Deno.test("repair relabel --truth label gives the content the status of the label, if live objects agree", async () => {
  await withOldRecords([revision(1, "FAILED")], async (stage) => {
    await relabelled(stage, "web.v1", { STATUS: "DEPLOYED" });
    await rehearse(stage, ["relabel", "web", "--truth", "label"], async () => {
      equal(await statuses(stage), "1 DEPLOYED");
      equal((await stage.release("web.v1")).info.status.code, "DEPLOYED");
    });
  }, { live: live("blue") });
  await withOldRecords([revision(1, "FAILED"), revision(2, "FAILED", "red")], async (stage) => {
    await relabelled(stage, "web.v2", { STATUS: "DEPLOYED" });
    const { code, stderr } = await stage.skeg("repair", "relabel", "web", "--truth", "label", "--yes");
    equal(code, 1);
    match(stderr, /^Error: the live objects do not agree with revision 2/);
  }, { live: live("blue") });
});

Deno.test("repair relabel never makes a second DEPLOYED revision", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "DEPLOYED")], async (stage) => {
    await relabelled(stage, "web.v1", { STATUS: "SUPERSEDED" });
    const { code, stderr } = await stage.skeg("repair", "relabel", "web", "--truth", "content", "--yes");
    equal(code, 1);
    match(stderr, /^Error: 2 revisions of "web" would be labelled DEPLOYED\nRun '.* repair dedupe web .*' first/);
  }));

Deno.test("repair relabel makes no second DEPLOYED revision of another release, whose content a record has", () =>
  withOldRecords([revision(1, "DEPLOYED"), { ...revision(2, "DEPLOYED"), name: "other" }], async (stage) => {
    await stage.inCluster(async (cluster) => {
      const data = { release: encodeRecord(someRelease({ ...revision(1, "DEPLOYED"), name: "other" })) };
      const labels = { NAME: "web", OWNER: "TILLER", STATUS: "SUPERSEDED", VERSION: "7" };
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web.v7", labels }, data };
      await send(cluster, "POST", RECORDS, object as KubeObject);
    });
    const before = await contents(stage);
    const { code, stdout } = await stage.skeg("repair", "relabel", "web", "--truth", "content", "--yes", ...OLD_ENOUGH);
    equal(code, 1);
    match(
      stdout,
      /^web\.v7 {2}its content is that of other\.v1, which is DEPLOYED, and release "other" has another DEPLOYED/m,
    );
    deepEqual(await contents(stage), before);
  }));

Deno.test("repair relabel writes a record under the key that its content names", async () => {
  for (const status of ["SUPERSEDED", "DEPLOYED"] as const) {
    await withOldRecords([revision(1, status)], async (stage) => {
      await stage.inCluster(async (cluster) => {
        const object = await send(cluster, "GET", `${RECORDS}/web.v1`);
        await send(cluster, "DELETE", `${RECORDS}/web.v1`);
        const metadata = { name: "web.v7", labels: object.metadata?.labels ?? {} };
        await send(cluster, "POST", RECORDS, { ...object, metadata });
      });
      await rehearse(stage, ["relabel", "web", "--truth", "content"], async ({ stdout }) => {
        match(stdout, /^web\.v7 {2}key {2}web\.v7 -> web\.v1$/m);
        equal(await statuses(stage), `1 ${status}`);
        deepEqual(Object.keys(await contents(stage)).filter((key) => key.startsWith("web")), ["web.v1"]);
      });
    });
  }
});

/** Replaces the data of a record. */
async function damaged(stage: OldRecords, key: string, damage: (text: string) => string): Promise<void> {
  await stage.inCluster(async (cluster) => {
    const object = await send(cluster, "GET", `${RECORDS}/${key}`) as KubeObject & { data: Record<string, string> };
    await send(cluster, "PUT", `${RECORDS}/${key}`, {
      ...object,
      data: { ...object.data, release: damage(object.data.release ?? "") },
    } as KubeObject);
  });
}

Deno.test("repair quarantine takes a broken record out of sight, and upgrades count on from its number", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "FAILED")], async (stage) => {
    await damaged(stage, "web.v2", () => "H4sI");
    const data = (await contents(stage))["web.v2"];
    await rehearse(stage, ["quarantine", "web"], async ({ stdout }) => {
      match(stdout, /^web\.v2 {2}label OWNER {2}TILLER -> TILLER-QUARANTINE$/m);
      const after = (await contents(stage))["web.v2"] as { data: unknown; labels: Record<string, string> };
      deepEqual(after.data, (data as typeof after).data);
      equal(after.labels["skeg.dev/version"], "2");
      const history = await stage.skeg("history", "web");
      equal(history.code, 0);
      ok(!history.stderr.includes("web.v2"), history.stderr);
    });
    equal((await stage.skeg("rollback", "web", "1")).code, 0);
    equal((await stage.release("web.v3")).info.status.code, "DEPLOYED");
  }, { live: live("blue") }));

Deno.test("repair salvage writes a record that was cut off, with the missing parts of a neighbour", () =>
  withOldRecords([
    { ...revision(1, "SUPERSEDED"), config: { raw: "a: 1\n" } },
    { ...revision(2, "DEPLOYED", "red"), hooks: [SOME_HOOK] },
  ], async (stage) => {
    const { manifest } = await stage.release("web.v2");
    await damaged(stage, "web.v2", (text) => text.slice(0, Math.floor(text.length * 0.8)));
    await rehearse(stage, ["salvage", "web"], async ({ stdout }) => {
      match(stdout, /checksum cannot be verified/);
      const after = await stage.release("web.v2");
      equal(after.manifest, manifest);
      deepEqual([after.revision, after.name, after.namespace], [2, "web", "default"]);
      match(after.info.description, /^Salvaged by skeg repair; .*namespace from revision 1$/);
      equal(await statuses(stage), "1 SUPERSEDED, 2 DEPLOYED");
    });
  }));

Deno.test("repair salvage of a record that lost only its padding is whole, whatever the padding is", () =>
  withOldRecords([{ ...revision(1, "DEPLOYED"), hooks: [SOME_HOOK] }], async (stage) => {
    const whole = await stage.release("web.v1");
    for (const description of ["a", "ab", "abc", "abcd"]) {
      const release = { ...whole, info: { ...whole.info, description } };
      await damaged(stage, "web.v1", () => `${encodeRecord(release).replace(/=+$/, "")}!`);
      const { code, stdout } = await stage.skeg("repair", "salvage", "web", "--yes", ...OLD_ENOUGH);
      equal(code, 0, stdout);
      ok(!/checksum|may be missing/.test(stdout), stdout);
      const { info, ...rest } = await stage.release("web.v1");
      const { info: _, ...others } = release;
      deepEqual(rest, others);
      equal(info.description, "Salvaged by skeg repair");
    }
  }));

Deno.test("repair salvage takes all hooks of a neighbour if some may be behind the cut, and says how many were read", () => {
  const hooks = [1, 2, 3, 4].map((n) => ({
    ...SOME_HOOK,
    name: `check-${n}`,
    manifest: `${SOME_HOOK.manifest} ${Array.from({ length: 20 }, () => crypto.randomUUID()).join("")}`,
  }));
  return withOldRecords([
    { ...revision(1, "SUPERSEDED"), config: { raw: "a: 1\n" }, hooks },
    { ...revision(2, "DEPLOYED", "red"), config: { raw: "a: 1\n" }, hooks },
  ], async (stage) => {
    await damaged(stage, "web.v2", (text) => text.slice(0, Math.floor(text.length * 0.7)));
    const { stdout } = await stage.skeg("repair", "salvage", "web", "--yes", ...OLD_ENOUGH);
    match(stdout, /^web\.v2 {2}hooks {2}only [123] could be read \("check-1".*\), and more may be missing/m);
    const after = await stage.release("web.v2");
    deepEqual(after.hooks.map(({ name }) => name), hooks.map(({ name }) => name));
    match(after.info.description, /^Salvaged by skeg repair; hooks, namespace from revision 1$/);
  });
});

const SOME_HOOK = {
  name: "check",
  kind: "Job",
  path: "web/templates/check.yaml",
  manifest: `apiVersion: batch/v1\nkind: Job\nmetadata: {name: check}\n# ${crypto.randomUUID().repeat(20)}`,
  events: ["post-upgrade" as const],
  weight: 0,
  deletePolicies: [],
  deleteTimeoutSeconds: 0,
};

Deno.test("repair salvage never makes a second DEPLOYED revision, and leaves a record without manifest alone", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "DEPLOYED", "red"), revision(3, "FAILED")], async (stage) => {
    await damaged(stage, "web.v2", (text) => text.slice(0, -12));
    await damaged(stage, "web.v3", (text) => text.slice(0, 40));
    const { code, stdout } = await stage.skeg("repair", "salvage", "web", "--yes");
    equal(code, 1);
    match(
      stdout,
      /^web\.v3 {2}it cannot be salvaged: .*\('.* repair quarantine web' takes it out of the history\.\)$/m,
    );
    equal((await stage.release("web.v2")).info.status.code, "SUPERSEDED");
  }));

Deno.test("repair prune deletes the oldest revisions, and not those that are needed", () =>
  withOldRecords([
    revision(1, "SUPERSEDED"),
    revision(2, "DEPLOYED"),
    revision(3, "FAILED"),
    revision(4, "FAILED"),
    { ...revision(5, "PENDING_ROLLBACK"), info: { description: "Rollback to 3" } },
  ], async (stage) => {
    await rehearse(stage, ["prune", "web", "--keep", "1"], async ({ stdout }) => {
      match(stdout, /^web\.v1 {2}record {2}SUPERSEDED -> deleted$/m);
      match(stdout, /^web\.v2 {2}it stays: it is DEPLOYED$/m);
      match(stdout, /^web\.v3 {2}it stays: web\.v5 came from it$/m);
      match(stdout, /^web: deleted 1 of 5 records$/m);
      equal(await statuses(stage), "2 DEPLOYED, 3 FAILED, 4 FAILED, 5 PENDING_ROLLBACK");
    });
  }));

Deno.test("repair prune and slim leave the revisions that ran last in a release of which none is DEPLOYED", () =>
  withOldRecords([
    revision(1, "SUPERSEDED"),
    { ...revision(2, "SUPERSEDED", "red"), info: { description: "Upgrade complete" } },
    { ...revision(3, "FAILED"), info: { description: 'Rollback "web" failed: no' } },
    { ...revision(4, "FAILED"), info: { description: 'Rollback "web" failed: no' } },
  ], async (stage) => {
    const before = await contents(stage);
    const slim = await stage.skeg("repair", "slim", "web", "--yes", ...OLD_ENOUGH);
    match(slim.stdout, /^web: changed 2 of 4 records$/m);
    deepEqual((await contents(stage))["web.v2"], before["web.v2"]);
    await rehearse(stage, ["prune", "web", "--keep", "1"], async ({ stdout }) => {
      match(stdout, /^web\.v2 {2}it stays: nothing is DEPLOYED, and it may be the one that is live$/m);
      equal(await statuses(stage), "2 SUPERSEDED, 4 FAILED");
    });
    match(
      (await stage.skeg("repair", "promote", "web", "--yes", ...OLD_ENOUGH)).stdout,
      /^web\.v2 {2}status {2}SUPERSEDED -> DEPLOYED/m,
    );
  }, { live: live("red") }));

Deno.test("repair slim removes chart files from spent revisions, and a rollback to one works", () =>
  withOldRecords([revision(1, "SUPERSEDED"), revision(2, "FAILED"), revision(3, "DEPLOYED", "red")], async (stage) => {
    await rehearse(stage, ["slim", "web"], async ({ stdout }) => {
      match(stdout, /^web\.v1 {2}chart "site" {2}1 files -> 0 files/m);
      match(stdout, /^web: changed 2 of 3 records$/m);
      const [slim, whole] = [await stage.release("web.v1"), await stage.release("web.v3")];
      deepEqual([slim.chart?.templates.length, whole.chart?.templates.length], [0, 1]);
      equal(slim.chart?.metadata.version, "0.1.0");
    });
    const { code, stderr } = await stage.skeg("rollback", "web", "1");
    equal(code, 0, stderr);
    equal(await statuses(stage), "1 SUPERSEDED, 2 FAILED, 3 SUPERSEDED, 4 DEPLOYED");
  }, { live: live("red") }));

Deno.test("repair forget deletes records only, and says which objects lose their owner", () =>
  withOldRecords([revision(1, "SUPERSEDED"), revision(2, "DEPLOYED")], async (stage) => {
    await rehearse(stage, ["forget", "web"], async ({ stdout }) => {
      match(stdout, /^web\.v2 {2}1 live object loses its owner: ConfigMap "web" in namespace "default"$/m);
      equal(await statuses(stage), "");
      equal((await stage.inCluster((cluster) => send(cluster, "GET", `${MAPS}/web`))).kind, "ConfigMap");
    });
  }, { live: live("blue") }));

Deno.test("repair disown removes an object that another release owns, and no other", async () => {
  const two = `${coloured("blue")}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n`;
  await withOldRecords([
    { ...revision(1, "DEPLOYED"), manifest: two },
    { ...revision(2, "FAILED"), manifest: two },
    { name: "shop", manifest: coloured("blue") },
  ], async (stage) => {
    await rehearse(stage, ["disown", "web", "--object", "configmap/web"], async ({ stdout }) => {
      match(stdout, /^web\.v1 {2}ConfigMap "web" {2}in the manifest -> removed$/m);
      match(stdout, /^web: changed 2 of 2 records$/m);
      const { manifest } = await stage.release("web.v1");
      ok(!manifest.includes("colour") && manifest.includes("{name: own}"), manifest);
    });
    const refused = await stage.skeg("repair", "disown", "web", "--object", "ConfigMap/own");
    equal(refused.code, 1);
    match(refused.stderr, /^Error: no DEPLOYED revision of another release has ConfigMap "own" in namespace "default"/);
  });
});

Deno.test("repair reapply rolls back to the DEPLOYED revision, which creates what is missing", () =>
  withOldRecords([revision(1, "DEPLOYED"), revision(2, "FAILED", "red")], async (stage) => {
    const before = await contents(stage);
    const preview = await stage.skeg("repair", "reapply", "web");
    equal(
      preview.stdout,
      'web.v1  ConfigMap "web" in namespace "default"  it is missing: the rollback creates it\n' +
        "web: would do a rollback to revision 1\n",
    );
    deepEqual(await contents(stage), before);
    const folder = join(stage.folder, "backups");
    const { code, stdout, stderr } = await stage.skeg("repair", "reapply", "web", "--yes", "--backup", folder);
    equal(code, 0, stderr);
    match(stdout, /^web: done: rollback to revision 1$/m);
    equal(await statuses(stage), "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED");
    equal((await stage.inCluster((cluster) => send(cluster, "GET", `${MAPS}/web`))).kind, "ConfigMap");
    equal((await openArchive(new Uint8Array(readFileSync(newestBackup(folder))))).records.length, 2);
  }));

Deno.test("repairs of all releases are planned first, and the plan fits only the records that it saw", () =>
  withOldRecords([
    { name: "a", revision: 1, status: "SUPERSEDED" },
    { name: "a", revision: 2 },
    { name: "b", revision: 1, status: "SUPERSEDED" },
    { name: "b", revision: 2 },
    { name: "c" },
  ], async (stage) => {
    const plan = join(stage.folder, "slim.json");
    const refused = await stage.skeg("repair", "slim", "--all", "--yes");
    match(refused.stderr, /^Error: --all is performed by a plan, not with --yes\n.*--plan FILE.*--apply FILE/);
    const before = await contents(stage);
    const saved = await stage.skeg("repair", "slim", "--all", "--plan", plan);
    equal(saved.code, 0, saved.stderr);
    match(
      saved.stderr,
      /^To perform the plan: .* repair slim --apply .*slim\.json --sandbox=\S+ --storage configmap$/m,
    );
    deepEqual(await contents(stage), before);
    deepEqual(JSON.parse(readFileSync(plan, "utf8")).releases.map(({ release }: { release: string }) => release), [
      "a",
      "b",
    ]);
    match(
      (await stage.skeg("repair", "prune", "--keep", "1", "--apply", plan)).stderr,
      /is a plan of slim, not of prune/,
    );
    await relabelled(stage, "b.v2", { extra: "1" });
    const done = await stage.skeg("repair", "slim", "--apply", plan);
    equal(done.code, 1);
    match(done.stdout, /^a: changed 1 of 2 records$/m, done.stderr);
    match(done.stderr, /^Error: b: b\.v2: modified since the plan was made; nothing was written\nMake a new plan\.$/m);
    const repeated = await stage.skeg("repair", "slim", "--apply", plan);
    match(repeated.stdout, /^a: nothing to write in 2 records$/m);
  }));

Deno.test("repair refuses to run on all releases what is never automatic", () =>
  withOldRecords([{ name: "a", status: "SUPERSEDED" }, { name: "a", revision: 2 }, {
    name: "b",
    status: "SUPERSEDED",
  }, { name: "b", revision: 2, status: "DELETED" }], async ({ skeg }) => {
    for (const fix of ["forget", "salvage", "disown", "reapply"]) {
      const { code, stderr } = await skeg("repair", fix, "--all");
      equal(code, 1, fix);
      match(stderr, /^Error: unknown flag: --all/, fix);
    }
    const trusting = await skeg("repair", "dedupe", "--all", "--trust-me", "1");
    match(trusting.stderr, /^Error: --trust-me is about one release/);
    const { stdout } = await skeg("repair", "prune", "--keep", "1", "--all");
    match(stdout, /^a\.v2 {2}the release may have live objects: it is pruned by name only/m);
    match(stdout, /^b: would delete 1 of 2 records$/m);
  }));

Deno.test("a plan has the options that it was made with", () =>
  withOldRecords([
    { name: "a", status: "SUPERSEDED" },
    { name: "a", revision: 2, status: "DELETED" },
    { name: "b", status: "PENDING_INSTALL" },
  ], async (stage) => {
    for (const [fix, ...flags] of [["prune", "--keep", "1"], ["settle", "--as", "failed"]]) {
      const plan = join(stage.folder, `${fix}.json`);
      equal((await stage.skeg("repair", fix ?? "", ...flags, "--all", "--plan", plan, ...OLD_ENOUGH)).code, 0);
      const done = await stage.skeg("repair", fix ?? "", "--apply", plan, ...OLD_ENOUGH);
      equal(done.code, 0, done.stdout + done.stderr);
    }
    equal(await statuses(stage, "a"), "2 DELETED");
    equal(await statuses(stage, "b"), "1 FAILED");
  }));

Deno.test("a record that is read whole is never written by a repair that has nothing to do", () =>
  withOldRecords([revision(1, "SUPERSEDED"), revision(2, "DEPLOYED")], async (stage) => {
    const before = await contents(stage);
    for (
      const argv of [
        ["settle", "web", "--as", "failed"],
        ["dedupe", "web"],
        ["promote", "web"],
        ["relabel", "web", "--truth", "content"],
        ["quarantine", "web"],
        ["salvage", "web"],
        ["prune", "web", "--keep", "2"],
      ]
    ) {
      const { code, stdout } = await stage.skeg("repair", ...argv, "--yes");
      equal(code, 0, argv.join(" "));
      match(stdout, /^web: nothing to write in 2 records$/m, argv.join(" "));
    }
    deepEqual(await contents(stage), before);
    ok(encodeRecord(someRelease()).length > 0);
  }, { live: live("blue") }));
