/**
 * `delete-orphans`: deletes named objects that carry the labels of a release which has no record any more.
 *
 * Labels do not prove whose an object is, so a person names each one.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { DiscoverySnapshot, groupVersion, type ObjectMeta, type ResourceInfo } from "../../kube/mod.ts";
import { OWNER, readKey, recordHeads, recordsElsewhere } from "../../../storage/mod.ts";
import { callOptions, recordOptions } from "../_calls.ts";
import { findLabelled, type LabelledObject } from "../doctor/labelled.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { keptKeys } from "./kept_objects.ts";
import { reasonsToStay } from "./other_claims.ts";
import {
  nothingToDo,
  type ObjectDeletion,
  type PreparedRepair,
  type ReleaseRecords,
  type Repair,
  type RepairNote,
} from "./repair.ts";

/** Options of `delete-orphans`. */
export interface DeleteOrphansOptions {
  /** The objects to delete, as `KIND/NAME` or `KIND/NAMESPACE/NAME`; none: the repair only lists candidates. */
  readonly objects?: readonly string[] | undefined;
}

/** The repair. */
export const deleteOrphans: Repair<DeleteOrphansOptions> = {
  name: "delete-orphans",
  notForAll: "a person names each object",
  withoutRecords: true,
  prepare,
};

async function prepare(
  env: Environment,
  { name }: ReleaseRecords,
  { objects = [] }: DeleteOrphansOptions,
): Promise<PreparedRepair> {
  await refuseRecorded(env, name);
  const snapshot = await DiscoverySnapshot.read(env.kube.cluster, callOptions(env));
  const namespaces = [env.kube.cluster.namespace];
  const labelled = await findLabelled(env, snapshot, { release: name, namespaces });
  const infos = labelled.objects.map(infoOf);
  const wanted = objects.length === 0 ? [] : objects.map((text) => chosen(infos, text));
  const notes: RepairNote[] = labelled.unseen.map(({ what, why }) => note(name, "", `not looked at: ${what}: ${why}`));
  if (infos.length === 0) return { ...nothingToDo(name, "no object carries the labels of this release"), notes };
  if (wanted.length === 0) {
    const found = infos.map((info) =>
      note(name, describeObject(info), "carries the labels of this release", `--object ${nameOf(info)} deletes it.`)
    );
    return { changes: [], notes: [...notes, ...found], writes: [] };
  }
  const { deletions, notes: more } = await deletable(env, name, wanted);
  return { changes: [], notes: [...notes, ...more], writes: [], deletions };
}

async function deletable(env: Environment, name: string, wanted: readonly ResourceInfo[]) {
  const looks = await liveReader(env).read(wanted);
  const owners = await reasonsToStay(
    env,
    name,
    wanted.map((info) => ({ info, metadata: info.object.metadata as ObjectMeta ?? {} })),
  );
  const deletions: ObjectDeletion[] = [];
  const notes: RepairNote[] = [];
  for (const info of wanted) {
    const look = looks.get(keyOf(info));
    const owner = owners.get(keyOf(info));
    if (owner !== undefined) {
      notes.push(note(name, describeObject(info), `stays: ${owner}`));
    } else if (look?.state !== "live") {
      notes.push(note(name, describeObject(info), "stays: it cannot be read, or is gone"));
    } else if (keptKeys([{ ...info, object: look.object }]).size > 0) {
      notes.push(note(name, describeObject(info), "stays: its resource policy keeps it"));
    } else {
      const object = { ...info.object, ...look.object };
      deletions.push({ info, object, record: name, reason: "it carries the labels of a release without a record" });
    }
  }
  return { deletions, notes };
}

/** Throws when any storage has a record of the release, or cannot be looked at: then it may own the objects. */
async function refuseRecorded(env: Environment, name: string): Promise<void> {
  await refuseUnlabelled(env, name);
  const heads = await recordHeads(env.driver, { name }, recordOptions(env));
  const { place } = env.driver;
  const elsewhere = place === undefined
    ? []
    : await recordsElsewhere(place, { name, everywhere: true, ...recordOptions(env) });
  const { transport } = env.kube.cluster;
  for (
    const [plural, selector] of [
      ["configmaps", `NAME=${name},OWNER=TILLER`],
      ["secrets", `NAME=${name},OWNER=TILLER`],
      ["secrets", `name=${name},owner=helm`],
    ] as const
  ) {
    const path = `/api/v1/${plural}?labelSelector=${encodeURIComponent(selector)}&limit=1`;
    const answer = await transport({ method: "GET", path, signal: callOptions(env).signal });
    const text = await answer.text();
    if (!answer.ok) {
      throw new SkegError(
        "conflict",
        `${plural} of all namespaces cannot be listed: a record of ${name} may own the objects`,
        {
          hint: "Run it as a user who may list them, or delete the objects by hand.",
        },
      );
    }
    const { items } = JSON.parse(text) as { items?: unknown[] | null };
    if ((items ?? []).length > 0 || heads.length > 0 || elsewhere.length > 0) {
      throw new SkegError("conflict", `release ${JSON.stringify(name)} has records: its objects are no orphans`, {
        hint: `Run 'skeg doctor ${name}'; 'skeg delete --purge ${name}' deletes a release with its objects.`,
      });
    }
  }
}

/** Throws when an object has the name of a record, and not its labels: `quarantine` takes them away. */
async function refuseUnlabelled(env: Environment, name: string): Promise<void> {
  const found: string[] = [];
  const look = (key: string, where: string): void => {
    if (readKey(key)?.name === name) found.push(`${key}${where}`);
  };
  if (env.driver.place === undefined) {
    const heads = await recordHeads(env.driver, {}, { ...recordOptions(env), anyOwner: true });
    for (const { key, labels } of heads) if (labels?.OWNER !== OWNER) look(key, "");
  }
  for (const plural of ["configmaps", "secrets"]) {
    const path = `/api/v1/${plural}?labelSelector=${encodeURIComponent(`OWNER!=${OWNER}`)}`;
    try {
      await listMetadata(
        env,
        path,
        (metadata) => look(metadata.name ?? "", ` (${plural} of namespace ${JSON.stringify(metadata.namespace)})`),
      );
    } catch (error) {
      if (!(error instanceof KubeError) || ![401, 403].includes(error.status)) throw error;
      throw new SkegError(
        "conflict",
        `${plural} of all namespaces cannot be listed: a record of ${name} may own the objects`,
        { cause: error, hint: "Run it as a user who may list them, or delete the objects by hand." },
      );
    }
  }
  if (found.length === 0) return;
  throw new SkegError(
    "conflict",
    `release ${JSON.stringify(name)} has records without the label OWNER=${OWNER}: ${found.join(", ")}`,
    {
      hint:
        "They may be in quarantine. The objects may belong to a live release: look at them, and delete them by hand.",
    },
  );
}

function infoOf({ resource, metadata }: LabelledObject): ResourceInfo {
  const { group, version, kind } = resource;
  const apiVersion = groupVersion(group, version);
  return {
    resource,
    name: metadata.name ?? "",
    namespace: metadata.namespace ?? "",
    object: { apiVersion, kind, metadata },
  };
}

/** Returns the one object that a person has named. */
function chosen(infos: readonly ResourceInfo[], text: string): ResourceInfo {
  const found = infos.filter((info) => {
    const { resource: { kind }, name, namespace } = info;
    return [`${kind}/${name}`, `${kind}/${namespace}/${name}`].some((one) => one.toLowerCase() === text.toLowerCase());
  });
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new SkegError(
    "usage",
    first === undefined
      ? `no object ${JSON.stringify(text)} carries the labels of this release`
      : `${JSON.stringify(text)} is more than one object: ${found.map(nameOf).join(", ")}`,
    { hint: "Without --object, the command lists the objects." },
  );
}

function nameOf({ resource: { kind }, name, namespace }: ResourceInfo): string {
  return namespace === "" ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

function note(record: string, subject: string, text: string, hint = ""): RepairNote {
  return { record, subject, text, unsolved: false, hint };
}
