/**
 * Goes the way back of one release to Helm 2, step by step. Every step that is repeated does nothing new.
 *
 * @module
 */
import type { KubeObject, Release } from "../../model/mod.ts";
import {
  encodeRecord,
  recordLabels,
  type RecordObject,
  releaseKey,
  withoutServerFields,
} from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { archivedStorage, packArchive } from "../repair/archive.ts";
import { type BackupStore, clusterOf, saveArchive } from "../repair/backups.ts";
import { rawRecords } from "../repair/records.ts";
import type { Environment } from "../environment.ts";
import { timeOf } from "../transfer/export.ts";
import { deleteJournal, writeJournal } from "./journal.ts";
import { inStep } from "./step.ts";
import { HELM3_TYPE, type Helm3Stored } from "./store.ts";
import { toHelm2 } from "./to_helm2.ts";
import { journalPlace, migrationTools } from "./tools.ts";
import { unmarkManifest, unmarkObject } from "./unmark.ts";
import { changedObject, type PreparedReturn, type RecordStatusChange } from "./back_prepare.ts";
import type { BackOptions } from "./back_types.ts";

/** Archives the records of both worlds. */
export async function archiveBoth(
  env: Environment,
  { name, journal, records, found }: PreparedReturn,
  archives: BackupStore,
): Promise<string> {
  const facts = { time: timeOf(env), cluster: await clusterOf(env), storage: archivedStorage(rawRecords(env)) };
  const objects = found.map(({ stored }) => ({ release: name, object: secretOf(stored, journal.namespace) }));
  const bytes = await packArchive(facts, records.map(({ object }) => object), { objects });
  return await saveArchive(archives, facts, { name, suffix: "back", what: "archive" }, bytes);
}

function secretOf({ name, labels, text }: Helm3Stored, namespace: string): KubeObject {
  const metadata = { name, namespace, labels: { ...labels } };
  return { apiVersion: "v1", kind: "Secret", metadata, type: HELM3_TYPE, data: { release: btoa(text) } };
}

/** Goes back, step by step; returns the number of objects that lost marks. */
export async function goBack(env: Environment, way: PreparedReturn, options: BackOptions): Promise<number> {
  const { name, journal, stored, restored, created, changes, removed } = way;
  const place = journalPlace(env);
  const { store } = await migrationTools(env, { ...options, to: journal.to });
  const going = journal.state === "going-back"
    ? stored
    : await inStep("journal", () =>
      writeJournal(env, place, { ...journal, state: "going-back", changed: timeOf(env) }, stored));
  await inStep("restore", () => createObjects(env, restored.map(({ object }) => object)));
  await inStep("supersede", () => changeRecords(env, changes));
  await inStep("create", () => createObjects(env, created.map((release) => recordOf(env, release))));
  const owner = { name, namespace: journal.namespace };
  let marked = 0;
  await inStep("marks", async () => {
    for (const object of journal.objects) {
      env.signal?.throwIfAborted();
      if (await unmarkObject(env, owner, object)) marked++;
    }
    const newest = way.found.findLast(({ release }) => release.info?.status === "deployed") ?? way.found.at(-1);
    if (options.allRevisions === true && newest !== undefined) {
      marked += await unmarkManifest(env, owner, toHelm2(newest.release));
    }
  });
  await inStep("remove", async () => {
    // The newest goes last: until then Helm 3 has the release, with a shorter history.
    for (const { stored } of removed) {
      env.signal?.throwIfAborted();
      await store.remove(journal.namespace, stored);
    }
  });
  await inStep("journal", () => deleteJournal(env, place, going));
  return marked;
}

/** Returns the object that holds a new record. */
function recordOf(env: Environment, release: Release): RecordObject {
  const { kind } = rawRecords(env);
  const isSecret = kind === "Secret";
  const text = encodeRecord(release);
  return {
    apiVersion: "v1",
    kind: isSecret ? "Secret" : "ConfigMap",
    metadata: {
      name: releaseKey(release.name, release.revision),
      labels: { ...recordLabels(release), CREATED_AT: String(env.clock().seconds) },
    },
    data: { release: isSecret ? btoa(text) : text },
  };
}

async function createObjects(env: Environment, objects: readonly RecordObject[]): Promise<void> {
  const raw = rawRecords(env);
  for (const object of objects) {
    env.signal?.throwIfAborted();
    await raw.create(withoutServerFields(object), recordOptions(env));
  }
}

async function changeRecords(env: Environment, changes: readonly RecordStatusChange[]): Promise<void> {
  const raw = rawRecords(env);
  for (const change of changes) {
    env.signal?.throwIfAborted();
    await raw.replace(changedObject(env, change), recordOptions(env));
  }
}
