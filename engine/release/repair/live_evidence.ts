/**
 * Decides by the live objects if a revision may be marked DEPLOYED.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { type AsInSummary, asInTest, asInText } from "../doctor/as_in.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { isDeployed } from "./mark.ts";
import type { StoredRecord } from "./repair.ts";

/** Other revisions that are compared when none is DEPLOYED, the newest first. */
const OTHERS_MAX = 9;

/** A revision to be DEPLOYED. */
export interface ChosenRevision {
  readonly record: StoredRecord;
  /** The release in it. */
  readonly release: Release;
  /** The evidence in words; empty when nothing tells. */
  readonly details: readonly string[];
}

/** A record that can be decoded. */
interface Candidate {
  readonly record: StoredRecord;
  readonly release: Release;
}

/** The live objects, compared with some revisions. */
interface Evidence {
  readonly summary: AsInSummary;
  /** Keys of objects that a revision names and that do not exist, by revision. */
  readonly missing: ReadonlyMap<number, number>;
}

/**
 * Checks that the live objects agree with `wanted`, and returns the evidence in words.
 *
 * They agree when no object is as in one of the `others`, and none is missing. Objects may be missing when `wanted` is the only
 * revision. Of the others, the DEPLOYED ones count; when there is none, the newest.
 *
 * @param trustMe The caller's word for `wanted`, instead of the evidence.
 * @throws SkegError of kind `conflict` with the evidence.
 */
export async function refuseUnlessLive(
  env: Environment,
  name: string,
  wanted: StoredRecord,
  others: readonly StoredRecord[],
  trustMe: number | undefined,
): Promise<readonly string[]> {
  if (trustMe !== undefined) {
    if (trustMe === wanted.revision) return [wordFor(trustMe)];
    throw new SkegError(
      "usage",
      `--trust-me names revision ${trustMe}, and revision ${wanted.revision} is to be DEPLOYED`,
    );
  }
  const deployed = others.filter(isDeployed);
  const rivals = decodable(deployed.length > 0 ? deployed : others).slice(0, OTHERS_MAX);
  const [own] = decodable([wanted]);
  if (own === undefined) throw new SkegError("conflict", `${wanted.key} cannot be decoded: ${wanted.problem}`);
  const evidence = await evidenceOf(env, [own, ...rivals]);
  if (fits(evidence, wanted.revision, others.length === 0)) return words(evidence, others.length);
  throw disagreement(name, `the live objects do not agree with revision ${wanted.revision}`, evidence, wanted.revision);
}

/**
 * Returns the highest of the `candidates` that the live objects agree with.
 *
 * @param all All records of the release.
 * @param trustMe The caller's choice among the candidates, instead of the evidence.
 * @throws SkegError of kind `conflict` when they agree with none.
 */
export async function chooseLive(
  env: Environment,
  name: string,
  candidates: readonly StoredRecord[],
  all: readonly StoredRecord[],
  trustMe: number | undefined,
): Promise<ChosenRevision> {
  const known = decodable(candidates);
  if (trustMe !== undefined) {
    const chosen = known.find(({ record }) => record.revision === trustMe);
    if (chosen !== undefined) return { ...chosen, details: [wordFor(trustMe)] };
    const revisions = known.map(({ record }) => record.revision).toReversed().join(", ");
    throw new SkegError("usage", `revision ${trustMe} is not one of those that can be chosen: ${revisions || "none"}`);
  }
  const tried = known.slice(0, OTHERS_MAX + 1);
  const evidence = await evidenceOf(env, tried);
  const chosen = tried.find(({ record }) => fits(evidence, record.revision, all.length === 1));
  if (chosen !== undefined) return { ...chosen, details: words(evidence, tried.length - 1) };
  throw disagreement(name, "the live objects do not agree with one revision", evidence, tried[0]?.record.revision);
}

function disagreement(
  name: string,
  what: string,
  { summary, missing }: Evidence,
  revision: number | undefined,
): SkegError {
  const lost = missing.get(revision ?? 0) ?? 0;
  const more = lost === 0 ? "" : `; ${lost} of revision ${revision} ${lost === 1 ? "does" : "do"} not exist`;
  return new SkegError("conflict", `${what}: ${asInText(summary)}${more}`, {
    hint: `Compare with 'skeg diff live ${name}'. To decide against the evidence, use --trust-me REVISION.`,
  });
}

/** Newest first. */
function decodable(records: readonly StoredRecord[]): Candidate[] {
  return records.flatMap((record) => record.release === undefined ? [] : [{ record, release: record.release }])
    .sort((a, b) => b.record.revision - a.record.revision);
}

async function evidenceOf(env: Environment, candidates: readonly Candidate[]): Promise<Evidence> {
  const live = liveReader(env);
  const stored = await Promise.all(candidates.map(async ({ record, release }) => {
    const { infos, problem } = await live.objectsOf(release);
    if (problem !== "") throw new SkegError("conflict", `the manifest of ${record.key} cannot be read: ${problem}`);
    return { revision: record.revision, infos, objects: new Map<string, KubeObject>(), looks: await live.read(infos) };
  }));
  const looks = new Map(stored.flatMap((each) => [...each.looks]));
  const lookAt = (key: string): KubeObject | "missing" | "unread" => {
    const look = looks.get(key);
    return look?.state === "live" ? look.object : look?.state ?? "unread";
  };
  const revisions = stored.map(({ revision, infos }) => ({
    revision,
    objects: new Map(infos.map((info) => [keyOf(info), info.object])),
  }));
  return {
    summary: asInTest(revisions, lookAt),
    missing: new Map(
      revisions.map((
        { revision, objects },
      ) => [revision, [...objects.keys()].filter((key) => lookAt(key) === "missing").length]),
    ),
  };
}

function fits({ summary, missing }: Evidence, revision: number, isOnly: boolean): boolean {
  if (summary.unread.length > 0) return false;
  if (!isOnly && (missing.get(revision) ?? 0) > 0) return false;
  const own = new Set(summary.asIn.find((each) => each.revision === revision)?.keys);
  return summary.asIn.every(({ keys }) => keys.every((key) => own.has(key)));
}

function words({ summary }: Evidence, others: number): string[] {
  return others === 0 ? [] : [asInText(summary)];
}

function wordFor(revision: number): string {
  return `by --trust-me ${revision}`;
}
