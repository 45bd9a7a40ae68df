/**
 * PersistentVolumes.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go`.
 *
 * @module
 */
import { persistentVolumeDefaults } from "../../kube/defaults/mod.ts";
import { at, child, listOf, mapOf, textOf } from "../json.ts";
import { type FieldError, notSupported, required } from "../status.ts";
import { age, type Cells, modesText, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** The modes in which a volume can be mounted. */
export const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/** Fields of a volume's spec that are not a volume source. All others are one. */
const NO_SOURCES = [
  "capacity",
  "accessModes",
  "claimRef",
  "persistentVolumeReclaimPolicy",
  "storageClassName",
  "mountOptions",
  "volumeMode",
  "nodeAffinity",
  "volumeAttributesClassName",
];

/** Rules of PersistentVolumes. */
const volumeRules: Rules = {
  defaults: persistentVolumeDefaults,
  prepare(object) {
    object["status"] = { phase: "Pending" };
    const meta = child(object, "metadata");
    meta["finalizers"] = [...new Set([...listOf(meta["finalizers"]), "kubernetes.io/pv-protection"])];
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors: FieldError[] = [];
    const modes = listOf(spec["accessModes"]).map(textOf);
    if (modes.length === 0) errors.push(required("spec.accessModes"));
    for (const mode of modes) if (!MODES.includes(mode)) errors.push(notSupported("spec.accessModes", mode, MODES));
    if (Object.keys(mapOf(spec["capacity"])).length === 0) {
      errors.push(required("spec.capacity"), notSupported("spec.capacity", null, ["storage"]));
    }
    const known = Object.keys(spec).filter((key) => !NO_SOURCES.includes(key));
    if (known.length === 0) errors.push(required("spec", "must specify a volume type"));
    return errors;
  },
};

/** Returns a quantity as rows show it; `0` when there is none. */
export function amount(value: unknown): string {
  return value === undefined ? "0" : textOf(value);
}

const volumeCells: Cells = (o, c) => {
  const reference = at(o, "spec", "claimRef");
  const leaving = at(o, "metadata", "deletionTimestamp") !== undefined;
  return [
    nameOf(o),
    amount(at(o, "spec", "capacity", "storage")),
    modesText(at(o, "spec", "accessModes")),
    textOf(at(o, "spec", "persistentVolumeReclaimPolicy")),
    leaving ? "Terminating" : textOf(at(o, "status", "phase")),
    reference === undefined ? "" : `${textOf(at(reference, "namespace"))}/${textOf(at(reference, "name"))}`,
    textOf(at(o, "spec", "storageClassName")),
    textOf(at(o, "spec", "volumeAttributesClassName")) || "<unset>",
    textOf(at(o, "status", "reason")),
    age(o, c),
    textOf(at(o, "spec", "volumeMode")) || "<unset>",
  ];
};

/** PersistentVolumes. */
export const volumes: Kind = {
  resource: "/persistentvolumes",
  rules: volumeRules,
  cells: volumeCells,
  answersDeleted: true,
};
