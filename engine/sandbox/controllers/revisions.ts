/**
 * ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.
 *
 * Source: `pkg/controller/history/controller_history.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, mapOf, numberOf, same } from "../json.ts";
import { revisionHash, templateHash } from "../hash.ts";
import { createObject, editObject, type Machine } from "../machine.ts";
import { deleteByKey } from "../deleting.ts";
import { ownedBy } from "./owned.ts";

const REVISIONS = "apps/controllerrevisions";

/** DaemonSets hash the template, StatefulSets the data of the revision. */
function hashOf(owner: KubeObject, data: Json): string {
  return owner.kind === "DaemonSet" ? templateHash(at(owner, "spec", "template")) : revisionHash(data);
}

/** Returns the name of the revision that holds the current template. Makes the revision when there is none. */
export function ensureRevision(machine: Machine, owner: KubeObject, reference: Json, hashLabel: string): string {
  // The data is a strategic merge patch that puts the template back, hence `$patch` (`getPatch` in
  // both controllers).
  const template = { $patch: "replace", ...copy(mapOf(at(owner, "spec", "template"))) };
  const data = { spec: { template } };
  const all = ownedBy(machine, REVISIONS, owner);
  const latest = Math.max(0, ...all.map((revision) => numberOf(revision["revision"])));
  const found = all.find((revision) => same(revision["data"], data));
  if (found !== undefined) {
    const name = found.metadata?.name ?? "";
    // A template that comes back gets the highest number; its revision is not made twice.
    if (numberOf(found["revision"]) < latest) {
      editObject(machine, { resource: REVISIONS, namespace: owner.metadata?.namespace ?? "", name }, (next) => {
        next["revision"] = latest + 1;
      });
    }
    return name;
  }
  const hash = hashOf(owner, data);
  const name = `${owner.metadata?.name}-${hash}`;
  createObject(machine, REVISIONS, {
    kind: "ControllerRevision",
    apiVersion: "apps/v1",
    metadata: {
      name,
      namespace: owner.metadata?.namespace ?? "",
      labels: { [hashLabel]: hash, ...mapOf(at(owner, "spec", "template", "metadata", "labels")) } as Record<
        string,
        string
      >,
      ownerReferences: [reference as never],
    },
    data,
    revision: latest + 1,
  });
  // `all` is older than the new revision, so the current one does not count against the limit.
  const limit = numberOf(at(owner, "spec", "revisionHistoryLimit"), 10);
  for (const old of all.slice(0, Math.max(all.length - limit, 0))) {
    deleteByKey(machine, {
      resource: REVISIONS,
      namespace: owner.metadata?.namespace ?? "",
      name: old.metadata?.name ?? "",
    });
  }
  return name;
}
