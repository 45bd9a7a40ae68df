/**
 * O4: live objects that only a FAILED or interrupted revision names.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import type { ExistingObject, ResourceInfo } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { changedSomething } from "../was_deployed.ts";
import { objectLines, secondsOf, toldOf } from "./_object_words.ts";
import { deletableKeys, proposeDeletion } from "./_deletable.ts";
import { beganSeconds, revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import { isKept } from "./orphans.ts";
import { isPending } from "./states.ts";

/** O4. */
export const leftByFailed: DoctorCheck = {
  id: "O4",
  name: "left-by-failed",
  scope: "release",
  async look(examination, examined) {
    const { deployed, unfinished } = await revisionsOf(examined);
    // Without a DEPLOYED revision nothing tells what should be there: other checks name that state.
    if (deployed === undefined || unfinished.length === 0) return [];
    const { live } = examined;
    const { byKey } = await live.objectsOf(deployed.release);
    const claims: RevisionClaims[] = [];
    for (const one of unfinished) {
      const { infos } = await live.objectsOf(one.release);
      const only = infos.filter((info) => !byKey.has(keyOf(info)));
      claims.push({ release: one.release, beganSeconds: beganSeconds(one), infos: only });
    }
    const existing = await live.existing(claims.flatMap(({ infos }) => infos));
    const since = Math.floor(Math.min(...claims.map(({ beganSeconds }) => beganSeconds)));
    const fresh = [...existing.values()].filter(({ metadata }) =>
      (secondsOf(metadata.creationTimestamp) ?? -1) >= since
    );
    const keys = await deletableKeys(examination, examined, fresh);
    return leftAmong({
      unfinished: claims,
      deployedKeys: new Set(byKey.keys()),
      existing,
      isOthers: (info) => !keys.has(keyOf(info)),
      repairs: (objects) => repairsOf(examined, objects),
    });
  },
};

/** Returns the repairs for objects that a revision has left. A resource policy keeps some of them. */
function repairsOf(examined: ExaminedRelease, objects: readonly ExistingObject[]): readonly ProposedRepair[] {
  const { status } = examined.newest;
  const own = objects.filter(({ info, metadata }) => !isKept(metadata) && !isKept(info.object.metadata ?? {}));
  const deletion = own.length === 0 ? [] : isPending(status)
    // The repair refuses while an operation may go on.
    ? [{ command: "", effect: `end the ${status} operation first; then cleanup-failed can delete them` }]
    : proposeDeletion(examined, "cleanup-failed", own);
  return [
    ...deletion,
    { command: "", effect: "run the next upgrade with skeg, which counts them as the release's own" },
  ];
}

/** A revision and the objects that it names. */
export interface RevisionClaims {
  /** The revision. */
  readonly release: Release;
  /** When its record was created, in Unix seconds of the server's clock. */
  readonly beganSeconds: number;
  /** Its objects. */
  readonly infos: readonly ResourceInfo[];
}

/** Facts about a release that has DEPLOYED and unfinished revisions. */
export interface LeftFacts {
  /** FAILED and interrupted revisions that are newer than the DEPLOYED one. */
  readonly unfinished: readonly RevisionClaims[];
  /** Keys of the objects that DEPLOYED revisions name. */
  readonly deployedKeys: ReadonlySet<string>;
  /** The objects that exist, by key. */
  readonly existing: ReadonlyMap<string, ExistingObject>;
  /** True if the object is not the release's own. */
  readonly isOthers: (info: ResourceInfo) => boolean;
  /** Returns possible repairs for objects that a revision has left. */
  readonly repairs: (objects: readonly ExistingObject[]) => readonly ProposedRepair[];
}

/** Finds such objects, one finding for each revision that has some. Pure. */
export function leftAmong(facts: LeftFacts): FindingDetails[] {
  const told = new Set<string>();
  return facts.unfinished.toSorted((a, b) => b.release.revision - a.release.revision).flatMap((claims) => {
    const left = madeBy(claims, facts).filter((info) => !told.has(keyOf(info)));
    for (const info of left) told.add(keyOf(info));
    return left.length === 0 ? [] : [finding(claims.release, left, facts)];
  });
}

/** Returns the live objects that a revision may have created and that no DEPLOYED one names. */
function madeBy({ release, beganSeconds, infos }: RevisionClaims, facts: LeftFacts): ResourceInfo[] {
  if (!changedSomething(release)) return [];
  return infos.filter((info) => {
    const found = facts.existing.get(keyOf(info));
    if (found === undefined || found.isUnread || facts.deployedKeys.has(keyOf(info)) || facts.isOthers(info)) {
      return false;
    }
    const created = secondsOf(found.metadata.creationTimestamp);
    // An older object existed before the revision, so the revision did not create it.
    return created !== undefined && created >= Math.floor(beganSeconds);
  });
}

function finding(
  { revision, info, namespace }: Release,
  left: readonly ResourceInfo[],
  facts: LeftFacts,
): FindingDetails {
  const { code } = info.status;
  return {
    severity: "warning",
    title: `${counted(left.length, "live object")} ${
      left.length === 1 ? "is" : "are"
    } named by ${code} revision ${revision} alone`,
    revision,
    evidence: objectLines(left.map(toldOf), namespace).map((text) => ({
      source: "live objects",
      text: `${text}: created since revision ${revision} began, and not in the DEPLOYED manifest`,
    })),
    consequence: "Tiller refuses an upgrade that has them: `already exists in the cluster and wasn't defined in the " +
      "previous release`. They stay when no later revision names them.",
    repairs: facts.repairs(left.flatMap((info) => facts.existing.get(keyOf(info)) ?? [])),
  };
}
