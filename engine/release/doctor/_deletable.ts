/**
 * Finds out which left objects a repair would delete, by the repair's own rules, so that doctor proposes no deletion of objects
 * that then stay.
 */
import type { ExistingObject } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { ownershipOf } from "../ownership.ts";
import { isPrecious } from "../repair/object_deletion.ts";
import { foreignMark } from "../repair/other_claims.ts";
import { otherOwners } from "./_other_owners.ts";
import type { Examination, ExaminedRelease } from "./examination.ts";
import type { ProposedRepair } from "./finding.ts";
import { propose } from "./repairs.ts";

/** Options of {@linkcode deletableKeys}. */
export interface DeletableOptions {
  /** Unix seconds: when the deletion of the release began. */
  readonly deletedAt?: number | undefined;
}

/**
 * Returns the keys of the objects that the release made and that no other owner has. Reads the release's history, and only if
 * there are candidates: just the history tells which objects it made.
 *
 * Of Helm 3, metadata is read alone: a release of the same name and namespace has the objects.
 */
export async function deletableKeys(
  examination: Examination,
  { name, store, newest }: ExaminedRelease,
  left: readonly ExistingObject[],
  { deletedAt }: DeletableOptions = {},
): Promise<ReadonlySet<string>> {
  const unmarked = left.filter((one) => one.isUnread !== true && foreignMark(name, one, deletedAt) === undefined);
  if (unmarked.length === 0) return new Set();
  const isHelm3 = (await examination.helm3()).some((record) =>
    record.name === name && record.namespace === newest.content?.namespace &&
    !["superseded", "uninstalled", "failed"].includes(record.status)
  );
  if (isHelm3) return new Set();
  const owners = await otherOwners(examination, { name, store }, unmarked.map(({ info }) => info));
  const env = { ...examination.env, driver: store.driver };
  const { own } = await ownershipOf(env, name, { findOwners: () => Promise.resolve(owners) }).sort(unmarked);
  return new Set(own.map(({ info }) => keyOf(info)));
}

/** Proposes a repair that deletes `objects`, and says which of them it deletes only if they are named. */
export function proposeDeletion(
  { name, store }: Pick<ExaminedRelease, "name" | "store">,
  fix: "finish-delete" | "cleanup-failed",
  objects: readonly Pick<ExistingObject, "info">[],
): ProposedRepair[] {
  const precious = objects.filter(({ info }) => isPrecious(info));
  const named = precious.map(({ info }) => `--also ${info.resource.kind}/${info.name}`);
  const preview = "after a preview and a backup";
  const effect = precious.length === 0
    ? `deletes them, ${preview}`
    : precious.length < objects.length
    ? `deletes them, ${preview}; those whose deletion loses more than the object only with ${named.join(" ")}`
    : `previews it; deletes them with all that they hold only with ${named.join(" ")}`;
  return propose(store, { fix, release: name, effect, byHand: "delete them by hand: kubectl delete" });
}
