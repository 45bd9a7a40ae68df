/**
 * `salvage`: writes a damaged record anew, from what can be read of it.
 *
 * The manifest must be whole. Missing parts are taken from the nearest revision that can be read, and the description says
 * which. A person decides if the result is right.
 *
 * @module
 */
import type { Info, Release, StatusCode } from "../../model/mod.ts";
import {
  isStatusCode,
  readKey,
  recordLabels,
  type ReleasePart,
  type SalvagedRecord,
  salvageRecord,
} from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { writtenAt } from "./at_work.ts";
import { documentsOf } from "./documents.ts";
import { decodeText } from "./map_document.ts";
import { isDeployed } from "./mark.ts";
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

/** Options of `salvage`. */
export interface SalvageOptions {
  /** Only this revision; 0 or absent: all damaged ones. */
  readonly revision?: number | undefined;
}

/** The repair. */
export const salvage: Repair<SalvageOptions> = {
  name: "salvage",
  notForAll: "a person has to look at what was saved of each record",
  prepare,
};

/** Parts that another revision gives where they cannot be read. */
export const BORROWED = ["chart", "config", "hooks", "namespace"] as const satisfies readonly ReleasePart[];

function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  { revision = 0 }: SalvageOptions,
): Promise<PreparedRepair> {
  const damaged = records.filter((record) => isDamaged(record) && (revision === 0 || record.revision === revision));
  if (damaged.length === 0) return Promise.resolve(nothingToDo(name, "no record is damaged"));
  const changes: RepairChange[] = [];
  const notes: RepairNote[] = [];
  const writes: RecordWrite[] = [];
  for (const record of damaged) {
    const read = partsOf(record, rawRecords(env).kind);
    const problem = problemOf(read);
    const neighbour = nearest(record, records);
    const release = problem === undefined ? completed(record, read, neighbour, records) : undefined;
    if (release === undefined) {
      const text = `it cannot be salvaged: ${problem ?? "no other revision has the chart that it lacks"}`;
      const hint = `'skeg repair quarantine ${name}' takes it out of the history.`;
      notes.push({ record: record.key, subject: "", text, unsolved: true, hint });
      continue;
    }
    changes.push(...changesOf(record, read, release));
    if (!read.found.has("hooks") && read.release.hooks.length > 0) notes.push(lostHooks(record, read.release));
    if (!read.isIntact) notes.push(doubt(record));
    writes.push({ record, release, labels: recordLabels(release) });
  }
  return Promise.resolve({ changes, notes, writes });
}

/** True for a record that cannot be decoded, or that lacks what every release has. */
function isDamaged({ release }: StoredRecord): boolean {
  return release === undefined || release.info.status.code === "UNKNOWN" || release.chart === undefined ||
    release.namespace === "" || release.name === "" || release.revision === 0 || hasNoTimes(release);
}

function hasNoTimes({ info }: Release): boolean {
  return info.firstDeployed === undefined && info.lastDeployed === undefined;
}

function partsOf(record: StoredRecord, kind: Parameters<typeof salvageRecord>[1]): SalvagedRecord {
  const { release } = record;
  if (release === undefined) return salvageRecord(record.object, kind);
  const lacks: readonly (readonly [ReleasePart, boolean])[] = [
    ["name", release.name === ""],
    ["info", release.info.status.code === "UNKNOWN"],
    ["chart", release.chart === undefined],
    ["revision", release.revision === 0],
    ["namespace", release.namespace === ""],
  ];
  const found = new Set<ReleasePart>(["name", "info", "chart", "config", "manifest", "hooks", "revision", "namespace"]);
  for (const [part, isLacking] of lacks) if (isLacking) found.delete(part);
  return { release, found, isIntact: true, messageBytes: 0 };
}

/** Returns why a record cannot be salvaged; `undefined` when its manifest is whole. */
function problemOf({ release, found, messageBytes }: SalvagedRecord): string | undefined {
  if (!found.has("manifest")) {
    return messageBytes === 0
      ? "nothing of it can be read"
      : `its manifest is not within the ${messageBytes} bytes that can be read`;
  }
  try {
    for (const { text } of documentsOf(release.manifest)) decodeText(text);
    return undefined;
  } catch {
    return "a document of its manifest is not YAML";
  }
}

function nearest(record: StoredRecord, records: readonly StoredRecord[]): StoredRecord | undefined {
  const whole = records.filter((each) => each !== record && !isDamaged(each));
  return whole.findLast(({ revision }) => revision < record.revision) ??
    whole.find(({ revision }) => revision > record.revision);
}

/** Returns the release to write; `undefined` when a part is missing that no other revision has. */
function completed(
  record: StoredRecord,
  { release, found }: SalvagedRecord,
  neighbour: StoredRecord | undefined,
  records: readonly StoredRecord[],
): Release | undefined {
  const other = neighbour?.release;
  const borrowed = BORROWED.filter((part) => !found.has(part));
  if (borrowed.length > 0 && other === undefined) return undefined;
  const from = borrowed.length === 0 ? [] : [`${borrowed.join(", ")} from revision ${other?.revision}`];
  const status = statusFor(record, release, found, records);
  if (!found.has("info")) from.push(`status ${status} from its label`);
  const written = { seconds: Math.floor(writtenAt(record)), nanos: 0 };
  const times = { firstDeployed: other?.info.firstDeployed, lastDeployed: written };
  const isTimeless = found.has("info") && hasNoTimes(release);
  if (isTimeless) from.push("times from its labels");
  const description = ["Salvaged by skeg repair", ...from].join("; ");
  const info: Info = found.has("info")
    ? { ...release.info, ...isTimeless ? times : {}, status: { ...release.info.status, code: status }, description }
    : { status: { code: status, resources: "", notes: "" }, ...times, description };
  const pick = <K extends typeof borrowed[number]>(part: K): Release[K] =>
    found.has(part) || other === undefined ? release[part] : other[part];
  return {
    ...release,
    name: readKey(record.key)?.name ?? release.name,
    revision: record.revision,
    info,
    chart: pick("chart"),
    config: pick("config"),
    hooks: pick("hooks"),
    namespace: pick("namespace"),
  };
}

/** A record that was read has its own status. There is never a second DEPLOYED revision. */
function statusFor(
  record: StoredRecord,
  release: Release,
  found: SalvagedRecord["found"],
  records: readonly StoredRecord[],
): StatusCode {
  const label = record.object.metadata?.labels?.["STATUS"] ?? "";
  const own = found.has("info") && release.info.status.code !== "UNKNOWN" ? release.info.status.code : label;
  const status = isStatusCode(own) && own !== "UNKNOWN" ? own : "SUPERSEDED";
  const isSecond = records.some((each) => each !== record && isDeployed(each));
  return status === "DEPLOYED" && isSecond ? "SUPERSEDED" : status;
}

function changesOf(record: StoredRecord, { release, found }: SalvagedRecord, after: Release): RepairChange[] {
  const documents = documentsOf(after.manifest).length;
  const read = [...found].filter((part) => part !== "name" && part !== "revision").join(", ");
  return [{
    record: record.key,
    subject: "content",
    before: record.problem ?? "incomplete",
    after: `${documents} document${documents === 1 ? "" : "s"}, ${after.info.status.code}`,
    details: [`read: ${read}`, JSON.stringify(after.info.description)],
    texts: { before: record.release === undefined ? "" : release.manifest, after: after.manifest },
  }];
}

function doubt({ key }: StoredRecord): RepairNote {
  return {
    record: key,
    subject: "",
    text: "its checksum cannot be verified: what was read may be altered",
    unsolved: false,
    hint: "Read the manifest with --show before you write it.",
  };
}

/** Hooks that were read are not used without the others: those of one revision belong together. */
function lostHooks({ key }: StoredRecord, { hooks }: Release): RepairNote {
  const names = hooks.map(({ name }) => JSON.stringify(name)).join(", ");
  return {
    record: key,
    subject: "hooks",
    text: `only ${hooks.length} could be read (${names}), and more may be missing: all are taken from the neighbour`,
    unsolved: false,
    hint: "",
  };
}
