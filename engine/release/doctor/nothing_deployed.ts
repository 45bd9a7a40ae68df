/**
 * R5, R6 and R8: no revision is DEPLOYED, so every upgrade is refused.
 *
 * The history tells the three apart: no revision was ever DEPLOYED (R5), the DEPLOYED one was pruned away by failed ones
 * (R6), or an operation ended between "old SUPERSEDED" and "new DEPLOYED" (R8).
 *
 * @module
 */
import { type AsInSummary, asInText, soleRevision } from "./as_in.ts";
import type { RecordFacts } from "./contents.ts";
import type { DoctorCheck, Examination, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, FindingFact, ProposedRepair } from "./finding.ts";
import { propose, proposeCommand } from "./repairs.ts";
import { isNothingDeployed, recordFact, revisionsText } from "./states.ts";

/** Why no revision is DEPLOYED. */
type Reason = "never" | "pruned" | "superseded";

/** Revisions that are read and compared with the live objects. */
const COMPARED_MAX = 3;

const REFUSED = "an upgrade is refused: the release has no deployed releases";

/** R5. */
export const neverDeployed: DoctorCheck = {
  id: "R5",
  name: "never-deployed",
  scope: "release",
  look: (examination, release) => lookFor("never", examination, release),
};

/** R6. */
export const deployedPruned: DoctorCheck = {
  id: "R6",
  name: "deployed-pruned",
  scope: "release",
  look: (examination, release) => lookFor("pruned", examination, release),
};

/** R8. */
export const onlySuperseded: DoctorCheck = {
  id: "R8",
  name: "only-superseded",
  scope: "release",
  look: (examination, release) => lookFor("superseded", examination, release),
};

/** Returns why no revision is DEPLOYED; `undefined` when one is, or an operation has begun. */
function reasonOf(release: ExaminedRelease): Reason | undefined {
  if (!isNothingDeployed(release)) return undefined;
  if (release.records.some(({ status }) => status === "SUPERSEDED")) return "superseded";
  return release.records[0]?.entry.revision === 1 ? "never" : "pruned";
}

async function lookFor(
  reason: Reason,
  examination: Examination,
  release: ExaminedRelease,
): Promise<readonly FindingDetails[]> {
  if (reasonOf(release) !== reason) return [];
  const { newest, records } = release;
  const objects = await liveObjects(release);
  const revisions = records.map(({ entry }) => entry.revision);
  const title = {
    never: `no revision was ever DEPLOYED: ${revisionsText(revisions)} ${revisions.length === 1 ? "is" : "are"} FAILED`,
    pruned: "no revision is DEPLOYED: all that are left FAILED, and older ones were pruned",
    superseded: `no revision is DEPLOYED: the newest, ${newest.entry.revision}, is ${newest.status}`,
  }[reason];
  return [{
    severity: "broken",
    title,
    revision: newest.entry.revision,
    evidence: [
      recordFact(newest, examination.now),
      ...reason === "pruned"
        ? [{ source: "history", text: `it begins with revision ${records[0]?.entry.revision}` }]
        : [],
      ...objects.facts,
    ],
    consequence: REFUSED,
    repairs: repairsFor(reason, release, objects),
  }];
}

interface LiveEvidence {
  readonly facts: readonly FindingFact[];
  /** True if at least one object of the newest revisions exists. */
  readonly isAnyLive: boolean;
  /** The revision that the live objects are as in, if they agree. */
  readonly revision: number | undefined;
}

/** Compares the live objects with the newest revisions. */
async function liveObjects(release: ExaminedRelease): Promise<LiveEvidence> {
  const { newest, content, live } = release;
  const { release: stored } = await content(newest) ?? {};
  if (stored === undefined) return { facts: [], isAnyLive: false, revision: undefined };
  const { infos } = await live.objectsOf(stored);
  const existing = await live.existing(infos);
  const count = {
    source: "live objects",
    text: `${existing.size} of ${infos.length} of revision ${stored.revision} exist`,
  };
  const summary = await release.asIn(candidates(release));
  return {
    facts: summary === undefined ? [count] : [count, { source: "live objects", text: asInText(summary) }],
    isAnyLive: existing.size > 0,
    revision: summary === undefined ? undefined : agreed(summary, newest),
  };
}

function candidates({ records }: ExaminedRelease): readonly RecordFacts[] {
  return records.slice(-COMPARED_MAX);
}

/** Returns the revision that the objects agree with; the newest when all revisions are equal. */
function agreed(summary: AsInSummary, newest: RecordFacts): number | undefined {
  const isSilent = summary.asIn.every(({ keys }) => keys.length === 0) && summary.other.length === 0;
  return isSilent && summary.missing.length === 0 ? newest.entry.revision : soleRevision(summary);
}

function repairsFor(
  reason: Reason,
  { store, name, newest, records }: ExaminedRelease,
  live: LiveEvidence,
): ProposedRepair[] {
  const purge = proposeCommand(
    store,
    `skeg delete --purge ${name}`,
    "deletes the records; then install the release anew",
  );
  if (!live.isAnyLive) return [purge];
  const target = live.revision ?? newest.entry.revision;
  const isSure = live.revision !== undefined || records.length === 1;
  const promoted = propose(store, {
    fix: "promote",
    release: name,
    flags: isSure ? "" : `--trust-me ${target}`,
    effect:
      `makes revision ${target} DEPLOYED${isSure ? "" : " by your word, because the live objects do not tell"}; ` +
      "the next upgrade creates what is missing",
  });
  const back = proposeCommand(
    store,
    `skeg rollback ${name} ${target}`,
    `makes a new revision like ${target}, DEPLOYED`,
  );
  return reason === "never" ? [...promoted, purge] : [...promoted, back];
}
