/**
 * `relabel`: makes the labels of records and their content agree.
 *
 * Labels decide which records are found, and which revision counts as DEPLOYED. The content decides what lists show.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { isStatusCode, OWNER, QUARANTINE, recordHeads, recordLabels, releaseKey } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { refuseUnlessLive } from "./live_evidence.ts";
import { change, isDeployed, markRecord } from "./mark.ts";
import { rawRecords } from "./records.ts";
import {
  nothingToDo,
  type PreparedRepair,
  type RecordWrite,
  type ReleaseRecords,
  type Repair,
  type RepairChange,
  type RepairNote,
  type StoredRecord,
} from "./repair.ts";

/** Options of `relabel`. */
export interface RelabelOptions {
  /** The side that is right. With `label`, only the status is taken from the label; the other labels follow the content. */
  readonly truth: "content" | "label";
  /** The revision that is DEPLOYED by the caller's word, against the evidence of live objects. */
  readonly trustMe?: number | undefined;
}

/** The repair. */
export const relabel: Repair<RelabelOptions> = { name: "relabel", readsUnlabelled: true, prepare };

/** A part of the repair, for one record. */
interface Relabelled {
  readonly changes: readonly RepairChange[];
  readonly notes: readonly RepairNote[];
  readonly writes: readonly RecordWrite[];
}

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: RelabelOptions,
): Promise<PreparedRepair> {
  const parts: Relabelled[] = [];
  for (const record of records) parts.push(await relabelRecord(env, name, records, record, options));
  const writes = parts.flatMap((part) => part.writes);
  const notes = parts.flatMap((part) => part.notes);
  refuseSecondDeployed(name, records, writes);
  if (writes.length === 0 && notes.length === 0) return nothingToDo(name, "labels and contents agree");
  // Labels that stop saying DEPLOYED come first: there are never two.
  return {
    changes: parts.flatMap((part) => part.changes),
    notes,
    writes: [...writes.filter((write) => !makesDeployed(write)), ...writes.filter(makesDeployed)],
  };
}

async function relabelRecord(
  env: Environment,
  name: string,
  records: readonly StoredRecord[],
  record: StoredRecord,
  options: RelabelOptions,
): Promise<Relabelled> {
  const { release, object, problem } = record;
  const labels = object.metadata?.labels ?? {};
  if (labels.OWNER === QUARANTINE) return said(record, "it is in quarantine");
  if (release === undefined) return said(record, `the record is not changed: ${problem}`);
  const status = labels.STATUS ?? "";
  if (options.truth === "label" && status !== release.info.status.code) {
    if (!isStatusCode(status)) {
      return said(record, `its label STATUS says ${JSON.stringify(status)}, which is no status`, true);
    }
    return await followLabel(env, name, records, record, release, status, options.trustMe);
  }
  const key = releaseKey(release.name, release.revision);
  return key === record.key ? followContent(record, release) : await moveRecord(env, name, records, record, release);
}

/** The content gets the status of the label. */
async function followLabel(
  env: Environment,
  name: string,
  records: readonly StoredRecord[],
  record: StoredRecord,
  release: Release,
  status: Release["info"]["status"]["code"],
  trustMe: number | undefined,
): Promise<Relabelled> {
  const others = records.filter((each) => each !== record);
  const details = status === "DEPLOYED" ? await refuseUnlessLive(env, name, record, others, trustMe) : [];
  const { changes, write } = markRecord(record, release, status);
  return { changes: changes.map((each, at) => at === 0 ? { ...each, details } : each), notes: [], writes: [write] };
}

/** The labels get the values of the content. */
function followContent(record: StoredRecord, release: Release): Relabelled {
  const { changes, labels } = labelsFor(record, release);
  return { changes, notes: [], writes: changes.length === 0 ? [] : [{ record, labels }] };
}

/** The record is written anew under the key that its content names. */
async function moveRecord(
  env: Environment,
  name: string,
  records: readonly StoredRecord[],
  record: StoredRecord,
  release: Release,
): Promise<Relabelled> {
  const key = releaseKey(release.name, release.revision);
  const taken = records.find((each) => each.key === key)?.object ?? await rawRecords(env).get(key, recordOptions(env));
  const deletion = { verb: "delete", record } as const;
  const moved = change(record, "key", record.key, key);
  if (taken !== undefined) {
    // An earlier repair was stopped after it had written the new record.
    if (taken.data?.release === record.object.data?.release) {
      return { changes: [{ ...moved, details: ["it is there already"] }], notes: [], writes: [deletion] };
    }
    return said(record, `its content is that of ${key}, and another record has that key`, true);
  }
  if (release.name !== name && await makesSecondDeployed(env, release)) {
    const text = `its content is that of ${key}, which is DEPLOYED, and release ${JSON.stringify(release.name)} has ` +
      "another DEPLOYED revision";
    return said(record, text, true);
  }
  const { changes, labels } = labelsFor(record, release);
  const creation = { verb: "create", key, record, labels } as const;
  // Two records of one DEPLOYED revision are two DEPLOYED: then the old one goes first. The backup holds it.
  const isSeen = record.object.metadata?.labels?.["OWNER"] === OWNER && isDeployed(record);
  return { changes: [moved, ...changes], notes: [], writes: isSeen ? [deletion, creation] : [creation, deletion] };
}

/** True if a release, which is not the one under repair, would have two DEPLOYED revisions with this one. */
async function makesSecondDeployed(env: Environment, { name, info }: Release): Promise<boolean> {
  if (info.status.code !== "DEPLOYED") return false;
  const heads = await recordHeads(env.driver, { name }, recordOptions(env));
  return heads.some(({ status }) => status === "DEPLOYED");
}

function labelsFor(
  record: StoredRecord,
  release: Release,
): { readonly changes: RepairChange[]; readonly labels: Record<string, string> } {
  const now = record.object.metadata?.labels ?? {};
  const wrong = Object.entries(recordLabels(release)).filter(([label, value]) => now[label] !== value);
  return {
    changes: wrong.map(([label, value]) => change(record, `label ${label}`, now[label] ?? "none", value)),
    labels: Object.fromEntries(wrong),
  };
}

/** True for a write after which a label says DEPLOYED that did not. */
function makesDeployed(write: RecordWrite): boolean {
  return write.verb !== "delete" && write.labels?.["STATUS"] === "DEPLOYED";
}

function refuseSecondDeployed(
  name: string,
  records: readonly StoredRecord[],
  writes: readonly RecordWrite[],
): void {
  const label = ({ object }: StoredRecord): string | undefined => object.metadata?.labels?.["STATUS"];
  const change = (record: StoredRecord): string | undefined => {
    const found = writes.find((write) => write.record === record && write.verb !== "delete");
    return found === undefined || found.verb === "delete" ? undefined : found.labels?.["STATUS"];
  };
  const before = records.filter((record) => label(record) === "DEPLOYED").length;
  const after = records.filter((record) => (change(record) ?? label(record)) === "DEPLOYED").length;
  if (after <= Math.max(1, before)) return;
  throw new SkegError("conflict", `${after} revisions of ${JSON.stringify(name)} would be labelled DEPLOYED`, {
    hint: `Run 'skeg repair dedupe ${name}' first.`,
  });
}

function said({ key }: StoredRecord, text: string, unsolved = false): Relabelled {
  return { changes: [], notes: [{ record: key, subject: "", text, unsolved, hint: "" }], writes: [] };
}
