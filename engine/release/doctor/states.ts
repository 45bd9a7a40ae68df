/**
 * Questions about a release's records, and facts in words, that several checks share.
 *
 * @module
 */
import type { Release, StatusCode, Timestamp } from "../../model/mod.ts";
import { shortDuration } from "../../kube/mod.ts";
import { OLDER_THAN_SECONDS } from "../repair/at_work.ts";
import { keyOf } from "../object_names.ts";
import type { RecordFacts } from "./contents.ts";
import type { Examination, ExaminedRelease } from "./examination.ts";
import type { FindingFact } from "./finding.ts";

/** True for a status that an operation sets at its beginning. */
export function isPending(status: StatusCode | ""): boolean {
  return status.startsWith("PENDING_");
}

/** Returns the DEPLOYED revisions, oldest first. The content decides where it was read. */
export function deployedRecords({ records }: Pick<ExaminedRelease, "records">): RecordFacts[] {
  return records.filter(({ status }) => status === "DEPLOYED");
}

/** True if neither label nor content of any revision is DEPLOYED, and no operation has begun: upgrades are refused. */
export function isNothingDeployed({ records, newest }: Pick<ExaminedRelease, "records" | "newest">): boolean {
  if (isPending(newest.status) || /^(DELETED|DELETING|UNKNOWN|)$/.test(newest.status)) return false;
  return !records.some(({ status, entry }) => status === "DEPLOYED" || entry.status === "DEPLOYED");
}

/** Returns when a record was last written, in Unix seconds; 0 if nothing says it. */
export function writtenAt({ entry, content }: RecordFacts): number {
  const times = [
    Number(entry.labels.MODIFIED_AT ?? Number.NaN),
    Number(entry.labels.CREATED_AT ?? Number.NaN),
    content?.info.deleted?.seconds ?? Number.NaN,
    content?.info.lastDeployed?.seconds ?? Number.NaN,
    Date.parse(entry.createdAt ?? "") / 1000,
  ];
  return Math.max(0, ...times.filter((time) => Number.isFinite(time)));
}

/** True if the record was written so recently that its operation may still be running. */
export function isRecent(record: RecordFacts, { now, options }: Pick<Examination, "now" | "options">): boolean {
  return now.seconds - writtenAt(record) < (options.olderThanSeconds ?? OLDER_THAN_SECONDS);
}

/** Returns a time as Kubernetes shows ages: `3d`; with the time itself. */
export function timeText(seconds: number, now: Timestamp): string {
  const time = new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  return `${shortDuration(Math.max(0, Math.floor(now.seconds - seconds)))} ago (${time})`;
}

/** Returns what a record says about itself. */
export function recordFact(record: RecordFacts, now: Timestamp): FindingFact {
  const { entry, status, content } = record;
  const written = writtenAt(record);
  const when = written === 0 ? "" : `, written ${timeText(written, now)}`;
  const description = content?.info.description ?? "";
  return {
    source: `record ${entry.key}`,
    text: `${status || "no status"}${when}${description === "" ? "" : `: ${shortened(description)}`}`,
  };
}

const TEXT_MAX = 200;

/** Returns a text in one line of limited length. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}

/** Returns a number with its noun: `1 object`, `2 objects`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns revisions as a text: `revision 3`, `revisions 1, 2 and 4`. */
export function revisionsText(revisions: readonly number[]): string {
  if (revisions.length === 1) return `revision ${revisions[0]}`;
  return `revisions ${revisions.slice(0, -1).join(", ")} and ${revisions.at(-1)}`;
}

/** Returns the first names of a list, and how many more there are. */
export function someOf(names: readonly string[], max = 5): string {
  const more = names.length - max;
  return more > 0 ? `${names.slice(0, max).join(", ")} and ${more} more` : names.join(", ");
}

/** Returns if a Tiller was started after the record was written: then it is not working on it. */
export async function tillerFacts(examination: Examination, record: RecordFacts): Promise<FindingFact[]> {
  const written = writtenAt(record);
  return (await examination.tillers()).map(({ namespace, name, phase, startedAt }) => {
    const since = startedAt === undefined
      ? "has not started"
      : startedAt >= written
      ? `started ${timeText(startedAt, examination.now)}, after the record was written: it is not working on it`
      : `has been running since before the record was written: it may be working on it`;
    return { source: `pod ${namespace}/${name} of a Tiller`, text: `${phase}; ${since}` };
  });
}

/** Returns the state of the Jobs and Pods of a revision's hooks that an operation of the revision's kind runs. */
export async function hookFacts(release: ExaminedRelease, record: RecordFacts, events: RegExp): Promise<FindingFact[]> {
  const { release: content } = await release.content(record) ?? {};
  const hooks =
    content?.hooks.filter((hook) =>
      (hook.kind === "Job" || hook.kind === "Pod") && hook.events.some((event) => events.test(event))
    ) ?? [];
  const facts: FindingFact[] = [];
  for (const { events, manifest } of hooks) {
    const { infos } = await release.live.objectsOf({ ...(content as Release), manifest });
    const looks = await release.live.read(infos);
    for (const info of infos) {
      const look = looks.get(keyOf(info));
      const state = look?.state === "live"
        ? workState(look.object.status)
        : look?.state === "unread"
        ? "may not be read"
        : "does not exist";
      facts.push({ source: `hook ${events.join(", ")}`, text: `${info.resource.kind} ${info.name}: ${state}` });
    }
  }
  return facts;
}

function workState(status: unknown): string {
  const { active, succeeded, failed, phase } = (status ?? {}) as Record<string, unknown>;
  if (phase !== undefined) return String(phase);
  if (Number(active ?? 0) > 0) return "active";
  if (Number(succeeded ?? 0) > 0) return "succeeded";
  return Number(failed ?? 0) > 0 ? "failed" : "has no pods yet";
}
