/**
 * Decides which live objects a repair may delete.
 *
 * Never those of another release, nor those that the release did not create; namespaces, definitions of kinds, volumes and
 * claims only if each is named.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import { type ExistingObject, groupVersion, type ResourceInfo } from "../../kube/mod.ts";
import type { LiveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { ownershipOf } from "../ownership.ts";
import { keptKeys } from "./kept_objects.ts";
import { isNamed, isPrecious } from "./object_deletion.ts";
import { reasonsToStay } from "./other_claims.ts";
import type { ObjectDeletion, RepairNote } from "./repair.ts";

/** Objects that may be deleted, and notes about the others. */
export interface Deletable {
  readonly deletions: readonly ObjectDeletion[];
  readonly notes: readonly RepairNote[];
}

/** A set of objects, and the reason to delete them. */
export interface Candidates {
  /** The release. */
  readonly name: string;
  /** Key of the record that names them. */
  readonly record: string;
  /** The reason, for the report. */
  readonly reason: string;
  /** The objects; those that do not exist are left out. */
  readonly infos: readonly ResourceInfo[];
  /** The revision that counts although its status has changed since. */
  readonly before?: Release | undefined;
  /** Unix seconds: when the deletion of the release began. Younger objects stay. */
  readonly deletedAt?: number | undefined;
  /** Objects that a person has named, as `KIND/NAME`. */
  readonly also?: readonly string[] | undefined;
}

/**
 * Divides candidates into those that may be deleted and those that stay.
 *
 * @throws SkegError of kind `conflict` when records of other releases cannot be read.
 */
export async function deletableObjects(env: Environment, live: LiveReader, wanted: Candidates): Promise<Deletable> {
  const { name, record, reason, before, deletedAt, also } = wanted;
  const existing = [...(await live.existing(wanted.infos)).values()];
  const marks = await reasonsToStay(env, name, existing, deletedAt);
  const { own, foreign } = await ownershipOf(env, name, { before }).sort(existing);
  const notes: RepairNote[] = foreign.map(({ found, reason, isUnknown = false }) =>
    note(record, found.info, `stays: ${reason}`, isUnknown)
  );
  const allowed: ExistingObject[] = [];
  for (const found of own) {
    const { info, metadata } = found;
    const mark = marks.get(keyOf(info));
    if (mark !== undefined) {
      notes.push(note(record, info, `stays: ${mark}`));
    } else if (metadata["deletionTimestamp"] !== undefined) {
      notes.push(note(record, info, "is being deleted already"));
    } else if (isPrecious(info) && !isNamed(info, also)) {
      const hint = `--also ${info.resource.kind}/${info.name} deletes it, too.`;
      notes.push({ ...note(record, info, "stays: its deletion loses more than the object"), hint });
    } else allowed.push(found);
  }
  const looks = await live.read(allowed.map(({ info }) => info));
  const deletions = allowed.flatMap(({ info }): ObjectDeletion[] => {
    const look = looks.get(keyOf(info));
    if (look?.state === "unread") notes.push(note(record, info, "stays: you may not read it", true));
    if (look?.state !== "live") return [];
    if (keptKeys([{ ...info, object: look.object }]).size > 0) {
      notes.push(note(record, info, "stays: its resource policy keeps it"));
      return [];
    }
    const { group, version, kind } = info.resource;
    return [{ info, object: { apiVersion: groupVersion(group, version), kind, ...look.object }, record, reason }];
  });
  return { deletions, notes };
}

function note(record: string, info: ResourceInfo, text: string, unsolved = false): RepairNote {
  return { record, subject: describeObject(info), text, unsolved, hint: "" };
}
