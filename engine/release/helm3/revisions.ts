/**
 * Makes the records of Helm 3 for the revisions of a release: mapped to API versions that the server has, and small enough
 * to be stored.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { sha256 } from "../repair/digest.ts";
import { mapApis } from "../repair/map_apis.ts";
import { isDeployed } from "../repair/mark.ts";
import { statusOf } from "../repair/repair.ts";
import type { Slimming } from "./chart.ts";
import { toHelm3 } from "./convert.ts";
import { helm3Json, helm3Text } from "./encode.ts";
import type { MigrationBlocker, MigrationChoices, RevisionMigration } from "./plan_types.ts";
import { blocker, type MigratedRevision } from "./states.ts";
import { helm3Key, type NewHelm3Record } from "./store.ts";
import { messageOf } from "../../base/mod.ts";

/** A record of Helm 3 with its JSON. */
export interface MadeRecord extends NewHelm3Record {
  readonly json: string;
}

/** One revision, decided. */
export interface PreparedRevision {
  readonly plan: Omit<RevisionMigration, "state">;
  /** The release as Helm 3 gets it: with a mapped manifest. */
  readonly release: Release;
  /** Makes the record. It is made again where it is needed: a thousand of them do not fit into memory. */
  readonly make: () => MadeRecord;
}

/** The revisions of a release. */
export interface PreparedRevisions {
  /** Newest first. */
  readonly revisions: readonly PreparedRevision[];
  readonly blockers: readonly MigrationBlocker[];
}

/** Facts of the release and of Helm 3's storage. */
export interface RevisionContext {
  readonly name: string;
  readonly choices: MigrationChoices;
  /** The most bytes of a record's text; absent: no limit. */
  readonly bytesMax?: number | undefined;
}

/** Converts revisions. Reads live objects for mapping; writes nothing. */
export async function prepareRevisions(
  env: Environment,
  chosen: readonly MigratedRevision[],
  context: RevisionContext,
): Promise<PreparedRevisions> {
  const mapped = await mappedReleases(env, chosen, context);
  const blockers: MigrationBlocker[] = [];
  const revisions: PreparedRevision[] = [];
  for (const [at, one] of chosen.entries()) {
    const { record } = one;
    if (record.release === undefined) continue;
    const known = mapped.get(record.key);
    const isVital = at === 0 || isDeployed(record);
    if (known?.stuck !== undefined && isVital) {
      blockers.push(blocker(
        "map-apis",
        `${record.key}: ${known.stuck}`,
        `Run 'skeg repair map-apis ${context.name} --revision ${record.revision}' to see more.`,
      ));
    }
    const release = known?.release ?? record.release;
    try {
      revisions.push(await prepareOne(one, release, known?.words ?? [], context, isVital));
    } catch (error) {
      if (!(error instanceof SkegError) || (error.kind !== "record" && error.kind !== "yaml")) throw error;
      blockers.push(blocker("no-record", `${record.key}: ${messageOf(error)}`));
    }
  }
  for (const { plan } of revisions) {
    if (plan.leftOut === undefined) continue;
    const isVital = plan.key === chosen[0]?.record.key || plan.status === "deployed";
    if (!isVital && context.choices.slim === true) continue;
    const hint = context.choices.slim === true
      ? "Make its values or its manifest smaller with an upgrade, then migrate it."
      : "Use --slim: it leaves out the chart's files, then its templates, which Helm 3 never reads again.";
    blockers.push(blocker("size", `${plan.key}: ${plan.leftOut}`, hint));
  }
  return { revisions, blockers };
}

async function prepareOne(
  { record, status, note }: MigratedRevision,
  release: Release,
  words: readonly string[],
  { name, choices, bytesMax = Infinity }: RevisionContext,
  isVital: boolean,
): Promise<PreparedRevision> {
  const target = helm3Key(name, record.revision);
  const makeWith = (slimming: Slimming): MadeRecord & { readonly notes: readonly string[] } => {
    const converted = toHelm3(release, { status, slimming });
    const json = helm3Json(converted.record);
    return { name: target, release: converted.record, json, text: helm3Text(json), notes: converted.notes };
  };
  let slimming: Slimming = {};
  let made = makeWith(slimming);
  for (const less of choices.slim === true ? SLIMMER : []) {
    if (made.text.length <= bytesMax) break;
    slimming = less;
    made = makeWith(slimming);
  }
  const parts = Object.keys(slimming);
  const isTooLarge = made.text.length > bytesMax;
  return {
    release,
    make: () => makeWith(slimming),
    plan: {
      key: record.key,
      revision: record.revision,
      uid: record.object.metadata?.uid ?? "",
      sourceStatus: statusOf(record),
      sourceSha256: await sha256(new TextEncoder().encode(record.object.data?.release ?? "")),
      status,
      target,
      targetSha256: await sha256(new TextEncoder().encode(made.json)),
      sizeBytes: made.text.length,
      slimmed: parts,
      mapped: words,
      notes: [...note === "" ? [] : [note], ...made.notes],
      ...isTooLarge ? { leftOut: tooLarge(made.text.length, bytesMax, isVital) } : {},
    },
  };
}

/** Parts to leave out, one step after the other. */
const SLIMMER: readonly Slimming[] = [{ files: true }, { files: true, templates: true }];

function tooLarge(sizeBytes: number, bytesMax: number, isVital: boolean): string {
  return `its record would take ${sizeBytes} bytes, and the server takes ${bytesMax}${
    isVital ? "" : ": it is left out"
  }`;
}

/** A release whose manifest was looked through for API versions that the server no longer has. */
interface MappedRelease {
  readonly release?: Release | undefined;
  /** Mapped objects, in words. */
  readonly words: readonly string[];
  /** Why it could not be mapped; absent when it could, or needed not. */
  readonly stuck?: string | undefined;
}

/** Maps manifests and hooks by the repair `map-apis`; the records of Helm 2 stay as they are. */
async function mappedReleases(
  env: Environment,
  chosen: readonly MigratedRevision[],
  { name, choices }: RevisionContext,
): Promise<ReadonlyMap<string, MappedRelease>> {
  const all = chosen.map(({ record }) => record).filter(({ release }) => release !== undefined);
  const records = choices.keepOldManifests === true ? all.filter((record, at) => at === 0 || isDeployed(record)) : all;
  // What has no successor is left out: with it, Helm 3 could neither upgrade nor uninstall the release.
  const prepared = await mapApis.prepare(env, { name, records }, { skipRemoved: true });
  const found = new Map<string, MappedRelease>();
  for (const { key } of records) {
    const write = prepared.writes.find(({ record }) => record.key === key);
    const release = write !== undefined && write.verb === undefined ? write.release : undefined;
    const words = prepared.changes.filter(({ record }) => record === key)
      .map(({ subject, before, after }) => `${subject}: ${before} → ${after}`);
    const stuck = prepared.notes.filter(({ record, unsolved }) => record === key && unsolved)
      .map(({ subject, text }) => subject === "" ? text : `${subject}: ${text}`);
    found.set(key, { release, words, ...stuck.length === 0 ? {} : { stuck: stuck.join("; ") } });
  }
  return found;
}
