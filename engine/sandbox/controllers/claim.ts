/**
 * Claims and volumes. Every claim is bound to one volume, except claims of the storage class
 * `none`, which stay pending.
 *
 * Source: `pkg/controller/volume/persistentvolume/pv_controller.go`; the finalizers are those of
 * `pkg/controller/volume/pvcprotection` and `pvprotection`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, listOf, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type Controller, createObject, dropFinalizer, editObject, type Happening, type Machine } from "../machine.ts";
import { compareQuantities } from "../../base/mod.ts";
import { deleteByKey } from "../deleting.ts";
import type { Key } from "../store.ts";
import { keyText, parseKey } from "./owned.ts";

const CLAIMS = "/persistentvolumeclaims";
const VOLUMES = "/persistentvolumes";

function classOf(claim: KubeObject): string {
  // The annotation is older than the field and wins over it (`GetPersistentVolumeClaimClass`).
  const old = claim.metadata?.annotations?.["volume.beta.kubernetes.io/storage-class"];
  return old ?? textOf(at(claim, "spec", "storageClassName"));
}

/** Returns an existing volume that satisfies the claim: its name, or its class, size and access modes. */
function waiting(machine: Machine, claim: KubeObject): KubeObject | undefined {
  const name = textOf(at(claim, "spec", "volumeName"));
  const size = textOf(at(claim, "spec", "resources", "requests", "storage"));
  const modes = listOf(at(claim, "spec", "accessModes"));
  return machine.store.list(VOLUMES).find((volume) => {
    const reference = at(volume, "spec", "claimRef");
    const mine = at(reference, "name") === claim.metadata?.name &&
      at(reference, "namespace") === claim.metadata?.namespace;
    // A volume with a `claimRef` is reserved for that claim, bound or not.
    if (reference !== undefined && !mine) return false;
    // A claim that names its volume takes no other one; its class and size are then the user's
    // matter.
    if (name !== "") return volume.metadata?.name === name;
    return textOf(at(volume, "spec", "storageClassName")) === classOf(claim) &&
      modes.every((mode) => listOf(at(volume, "spec", "accessModes")).includes(mode)) &&
      compareQuantities(textOf(at(volume, "spec", "capacity", "storage")), size) >= 0;
  });
}

/**
 * Returns the reference that binds a volume to the claim. The uid in it keeps the volume from a
 * later claim of the same name.
 */
function reference(claim: KubeObject): Json {
  return {
    kind: "PersistentVolumeClaim",
    namespace: claim.metadata?.namespace,
    name: claim.metadata?.name,
    uid: claim.metadata?.uid,
    apiVersion: "v1",
    resourceVersion: claim.metadata?.resourceVersion,
  };
}

function makeVolume(machine: Machine, claim: KubeObject): KubeObject {
  // The name that provisioners use (`getProvisionedVolumeNameForClaim`).
  const name = `pvc-${claim.metadata?.uid}`;
  const storageClass = machine.store.get({
    resource: "storage.k8s.io/storageclasses",
    namespace: "",
    name: classOf(claim),
  });
  const provisioner = textOf(storageClass?.["provisioner"]) || "skeg.dev/sandbox";
  return createObject(machine, VOLUMES, {
    kind: "PersistentVolume",
    apiVersion: "v1",
    metadata: {
      name,
      annotations: { "pv.kubernetes.io/provisioned-by": provisioner },
      finalizers: ["kubernetes.io/pv-protection"],
    },
    spec: {
      capacity: { storage: at(claim, "spec", "resources", "requests", "storage") },
      csi: { driver: provisioner, volumeHandle: name },
      accessModes: copy(listOf(at(claim, "spec", "accessModes"))),
      claimRef: reference(claim),
      persistentVolumeReclaimPolicy: textOf(storageClass?.["reclaimPolicy"]) || "Delete",
      ...(classOf(claim) === "" ? {} : { storageClassName: classOf(claim) }),
      volumeMode: at(claim, "spec", "volumeMode") ?? "Filesystem",
    },
    status: { phase: "Pending" },
  });
}

function bind(machine: Machine, key: Key, claim: KubeObject): void {
  let volume = waiting(machine, claim);
  const byName = textOf(at(claim, "spec", "volumeName")) !== "";
  if (volume === undefined && (byName || classOf(claim) === "none")) return;
  volume ??= makeVolume(machine, claim);
  const name = volume.metadata?.name ?? "";
  // The volume is written first, as in the source: a watcher never sees a bound claim whose volume
  // is free.
  const bound = editObject(machine, { resource: VOLUMES, namespace: "", name }, (next) => {
    const spec = mapOf(next["spec"]);
    spec["claimRef"] = reference(claim);
    next["status"] = { ...mapOf(next["status"]), phase: "Bound" };
  });
  editObject(machine, key, (next) => {
    mapOf(next["spec"])["volumeName"] = name;
    const meta = next.metadata ??= {};
    meta.annotations = { ...meta.annotations, "pv.kubernetes.io/bind-completed": "yes" };
    next["status"] = {
      phase: "Bound",
      accessModes: at(bound, "spec", "accessModes"),
      capacity: at(bound, "spec", "capacity"),
    };
  });
}

/** Enlarges the volume of a claim that asks for more. */
function grow(machine: Machine, key: Key, claim: KubeObject): void {
  const wanted = at(claim, "spec", "resources", "requests", "storage");
  if (same(wanted, at(claim, "status", "capacity", "storage"))) return;
  const volume = { resource: VOLUMES, namespace: "", name: textOf(at(claim, "spec", "volumeName")) };
  // A volume that was made by hand may be larger than the claim asked for. It must not shrink.
  if (compareQuantities(textOf(wanted), textOf(at(claim, "status", "capacity", "storage"))) <= 0) return;
  editObject(machine, volume, (next) => {
    mapOf(at(next, "spec", "capacity"))["storage"] = wanted;
  });
  editObject(machine, key, (next) => {
    mapOf(at(next, "status", "capacity"))["storage"] = wanted;
  });
}

/** True if a pod that has not ended mounts the claim. Such a claim must not go before the pod. */
function isUsed(machine: Machine, claim: KubeObject): boolean {
  return machine.store.list("/pods", { namespace: claim.metadata?.namespace }).some((pod) =>
    !["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase"))) &&
    mapsOf(at(pod, "spec", "volumes"))
      .some((volume) => at(volume, "persistentVolumeClaim", "claimName") === claim.metadata?.name)
  );
}

/**
 * Updates a volume whose claim may be gone. Its reclaim policy decides whether it is deleted or
 * kept as Released.
 */
function release(machine: Machine, key: Key): void {
  const volume = machine.store.get(key);
  if (volume === undefined) return;
  const claim = machine.store.get({
    resource: CLAIMS,
    namespace: textOf(at(volume, "spec", "claimRef", "namespace")),
    name: textOf(at(volume, "spec", "claimRef", "name")),
  });
  // The uid tells the claim from a later one of the same name, which must not get the data of the
  // old one.
  const bound = claim !== undefined && claim.metadata?.uid === at(volume, "spec", "claimRef", "uid");
  if (volume.metadata?.deletionTimestamp !== undefined) {
    if (!bound) dropFinalizer(machine, key, "kubernetes.io/pv-protection");
    return;
  }
  const uid = at(volume, "spec", "claimRef", "uid");
  if (uid === undefined) {
    editObject(machine, key, (next) => {
      next["status"] = { ...mapOf(next["status"]), phase: "Available" };
    });
    return;
  }
  if (bound) return;
  if (at(volume, "spec", "persistentVolumeReclaimPolicy") === "Delete") return deleteByKey(machine, key);
  editObject(machine, key, (next) => {
    next["status"] = { ...mapOf(next["status"]), phase: "Released" };
  });
}

/** Binds claims. A key is `namespace/name` of a claim, or `volume:NAME`. */
export const claimController: Controller = {
  name: "claim",
  interest({ key, before, after }: Happening, machine: Machine): string[] {
    if (key.resource === CLAIMS) {
      const volume = textOf(at(before, "spec", "volumeName"));
      if (after !== undefined) return [keyText(key)];
      return volume === "" ? [] : [`volume:${volume}`];
    }
    if (key.resource === VOLUMES && after !== undefined) {
      // Only a new volume can be what a pending claim waits for.
      const pending = before !== undefined ? [] : machine.store.list(CLAIMS)
        .filter((claim) => at(claim, "status", "phase") === "Pending");
      return [`volume:${key.name}`, ...pending.map((c) => `${c.metadata?.namespace}/${c.metadata?.name}`)];
    }
    if (key.resource !== "/pods") return [];
    // A pod that ended may have been the last user of a deleted claim.
    const done = after === undefined || ["Succeeded", "Failed"].includes(textOf(at(after, "status", "phase")));
    if (!done) return [];
    return mapsOf(at(before, "spec", "volumes"))
      .map((volume) => textOf(at(volume, "persistentVolumeClaim", "claimName")))
      .filter((name) => name !== "").map((name) => `${key.namespace}/${name}`);
  },
  reconcile(machine: Machine, text: string): void {
    if (text.startsWith("volume:")) {
      return release(machine, { resource: VOLUMES, namespace: "", name: text.slice("volume:".length) });
    }
    const key = parseKey(CLAIMS, text);
    const claim = machine.store.get(key);
    if (claim === undefined) return;
    if (claim.metadata?.deletionTimestamp !== undefined) {
      if (!isUsed(machine, claim)) dropFinalizer(machine, key, "kubernetes.io/pvc-protection");
      return;
    }
    // A bound claim stays bound; all that can happen to it is to grow.
    if (at(claim, "status", "phase") === "Bound") grow(machine, key, claim);
    else bind(machine, key, claim);
  },
};
