/**
 * The notes of a migration's plan.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import { isDeployed } from "../repair/mark.ts";
import type { StoredRecord } from "../repair/repair.ts";
import type { AdoptionPlan } from "./adopt.ts";
import { hasHelm3Event } from "./hooks.ts";
import type { MigrationChoices } from "./plan_types.ts";
import { pruningNotes } from "./pruning.ts";
import type { PreparedRevision } from "./revisions.ts";

interface NoteFacts {
  readonly records: readonly StoredRecord[];
  readonly written: readonly PreparedRevision[];
  readonly live: AdoptionPlan;
  readonly choices: MigrationChoices;
  readonly base: Release | undefined;
  readonly isGone: boolean;
}

/** Returns what a person should know before the migration is approved. */
export function notesOf({ records, written, live, choices, base, isGone }: NoteFacts): string[] {
  const notes: string[] = [];
  const left = records.length - written.length;
  if (left > 0) notes.push(`${counted(left, "older revision")} ${left === 1 ? "is" : "are"} not migrated`);
  notes.push(...pruningNotes(written.length));
  if (!isGone && !records.some(isDeployed)) {
    notes.push("no revision is DEPLOYED: Helm 3 takes the newest one as the base of its first upgrade");
  }
  // Hooks that Helm 3 does not have are left out, and another note says so.
  const kept = (base?.hooks ?? []).filter(hasHelm3Event);
  const plain = kept.filter(({ deletePolicies }) => deletePolicies.length === 0).length;
  if (plain > 0) {
    notes.push(
      `${counted(plain, "hook")} ${
        plain === 1 ? "has" : "have"
      } no delete policy: Helm 3 deletes the old object before it ` +
        "makes the new one, and Helm 2 did not",
    );
  }
  for (const what of live.unread) notes.push(`${what} cannot be read, so it is not adopted`);
  if (choices.adopt === false) {
    const bare = live.objects.filter(({ step }) => step.add.length > 0).length;
    if (bare > 0) {
      const lack = bare === 1 ? "1 live object lacks" : `${bare} live objects lack`;
      notes.push(`${lack} Helm 3's marks: it refuses an upgrade that changes the API version of such an object`);
    }
  }
  return notes;
}
