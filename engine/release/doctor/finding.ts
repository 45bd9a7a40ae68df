/**
 * The result of an examination: findings, each with evidence, consequence and repairs. Plain data, ready for JSON.
 *
 * @module
 */
import type { StorageName } from "../../../storage/mod.ts";

/** How bad a finding is. `broken`: an operation will fail, or something is lost already. */
export type FindingSeverity = "note" | "warning" | "broken";

/** One observation that supports a finding. */
export interface FindingFact {
  /** Where it was read, such as `record web.v8` or `live objects`. */
  readonly source: string;
  /** The observation, such as `7 as in revision 8, 1 missing`. */
  readonly text: string;
}

/** One way to mend the state. */
export interface ProposedRepair {
  /** Command line that previews or does it, such as `skeg repair settle web --as failed`; empty for a manual step. */
  readonly command: string;
  /** Effect of the command, or the manual step. */
  readonly effect: string;
}

/** The part of a finding that a check reports; the examination adds the rest. */
export interface FindingDetails {
  /** How bad it is. */
  readonly severity: FindingSeverity;
  /** One sentence without a full stop, such as `revision 8 is PENDING_UPGRADE, and revision 7 is DEPLOYED`. */
  readonly title: string;
  /** The revision that it is about; absent: the release as a whole. */
  readonly revision?: number | undefined;
  /** At least one. */
  readonly evidence: readonly FindingFact[];
  /** Consequence if nothing is done. */
  readonly consequence: string;
  /** Possible repairs, the best one first. */
  readonly repairs?: readonly ProposedRepair[] | undefined;
  /** Why there is no repair; absent when there are repairs. */
  readonly noRepair?: string | undefined;
}

/** One unhealthy state. */
export interface Finding {
  /** Stable id, such as `R2`; docs/doctor.md lists them. */
  readonly id: string;
  /** Stable name, such as `pending-upgrade`. */
  readonly name: string;
  /** How bad it is. */
  readonly severity: FindingSeverity;
  /** One sentence without a full stop. */
  readonly title: string;
  /** The release; empty for a finding about a storage namespace or the cluster. */
  readonly release: string;
  /** The revision; null for the release as a whole. */
  readonly revision: number | null;
  /** Where the records are kept; empty for a finding about the cluster. */
  readonly storage: StorageName | "";
  /** Namespace of the records; empty for SQL, and for a finding about the cluster. */
  readonly namespace: string;
  /** Observations with their sources. */
  readonly evidence: readonly FindingFact[];
  /** Consequence if nothing is done. */
  readonly consequence: string;
  /** Possible repairs, the best one first. */
  readonly repairs: readonly ProposedRepair[];
  /** Why there is no repair; empty when there are repairs. */
  readonly noRepair: string;
}

/** Something that could not be looked at. */
export interface Unseen {
  /** The thing, such as `Secrets of all namespaces`. */
  readonly what: string;
  /** The reason, such as the server's refusal. */
  readonly why: string;
}

/** A place of records that was examined. */
export interface ExaminedPlace {
  /** Kind of storage. */
  readonly storage: StorageName;
  /** Namespace of the records; empty for SQL. */
  readonly namespace: string;
  /** True for the place that commands use with the given flags. */
  readonly configured: boolean;
  /** Number of releases. */
  readonly releases: number;
  /** Number of records. */
  readonly revisions: number;
}

/** The result of an examination. */
export interface DoctorReport {
  /** Rises only when a field changes its meaning. */
  readonly schema: 1;
  /** URL of the API server, or `sandbox`. */
  readonly server: string;
  /** When it was examined, such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** True if all revisions were read. */
  readonly deep: boolean;
  /** Places of records, the configured one first. */
  readonly places: readonly ExaminedPlace[];
  /** Number of releases that were examined. */
  readonly releases: number;
  /** By release, the worst releases and findings first; findings about places and the cluster at the end. */
  readonly findings: readonly Finding[];
  /** Places and objects that could not be looked at. */
  readonly unseen: readonly Unseen[];
  /** `broken` if a finding is; else `incomplete` if something could not be looked at; else `healthy`. */
  readonly result: "healthy" | "broken" | "incomplete";
}

const RANK: Readonly<Record<FindingSeverity, number>> = { broken: 0, warning: 1, note: 2 };

/**
 * Returns the findings by release: the releases by their worst finding, then by name; of each release the worst first.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const isNamed = ({ release }: Finding): number => release === "" ? 1 : 0;
  const worst = new Map<string, number>();
  for (const { release, severity } of findings) {
    worst.set(release, Math.min(worst.get(release) ?? RANK.note, RANK[severity]));
  }
  const rankOf = ({ release }: Finding): number => worst.get(release) ?? RANK.note;
  return findings.toSorted((a, b) =>
    isNamed(a) - isNamed(b) || rankOf(a) - rankOf(b) || compareText(a.release, b.release) ||
    compareText(a.namespace, b.namespace) ||
    RANK[a.severity] - RANK[b.severity] || a.id.localeCompare(b.id, "en", { numeric: true }) ||
    (a.revision ?? 0) - (b.revision ?? 0)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
