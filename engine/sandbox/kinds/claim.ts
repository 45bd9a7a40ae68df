/**
 * PersistentVolumeClaims.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go` and the admission plugin DefaultStorageClass.
 *
 * @module
 */
import { claimDefaults } from "../../kube/defaults/mod.ts";
import { compareQuantities, quantityOf } from "../../base/mod.ts";
import { claimController } from "../controllers/claim.ts";
import { at, child, copy, type Json, listOf, mapOf, same, textOf } from "../json.ts";
import type { Machine } from "../machine.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from "../status.ts";
import { age, type Cells, modesText, nameOf } from "../tables/format.ts";
import { dnsSubdomain } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";
import { amount, MODES } from "./volume.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Returns the default storage class, which claims get that name no class; `undefined` when there is none. */
export function defaultClass(machine: Machine): string | undefined {
  const found = machine.store.list("storage.k8s.io/storageclasses")
    .find((c) => c.metadata?.annotations?.[DEFAULT_CLASS] === "true");
  return found?.metadata?.name;
}

function checkClaim(object: Json): FieldError[] {
  const spec = mapOf(object["spec"]);
  const errors: FieldError[] = [];
  const modes = listOf(spec["accessModes"]).map(textOf);
  if (modes.length === 0) errors.push(required("spec.accessModes", "at least 1 access mode is required"));
  for (const mode of modes) {
    if (!MODES.includes(mode)) errors.push(notSupported("spec.accessModes", mode, MODES));
  }
  // The path in the message has no `requests`: `ValidatePersistentVolumeClaimSpec` builds it so.
  const size = at(spec, "resources", "requests", "storage");
  if (size === undefined) errors.push(required("spec.resources[storage]"));
  else if (!((quantityOf(textOf(size)) ?? 0) > 0)) {
    errors.push(invalidValue("spec.resources[storage]", size, "must be greater than zero"));
  }
  const name = textOf(spec["storageClassName"]);
  if (name !== "") {
    errors.push(...dnsSubdomain(name).map((message) => invalidValue("spec.storageClassName", name, message)));
  }
  return errors;
}

/** Returns the spec without the fields that may change. A bound claim may change its size. */
function fixedClaim(object: Json, bound: boolean): Json {
  const spec = copy(mapOf(object["spec"]));
  delete spec["volumeName"];
  if (bound) delete mapOf(at(spec, "resources", "requests"))["storage"];
  delete spec["volumeAttributesClassName"];
  return spec;
}

/** Rules of PersistentVolumeClaims. */
const claimRules: Rules = {
  defaults: claimDefaults,
  prepare(object, machine) {
    const spec = child(object, "spec");
    // An empty class is an answer: no class. Only an absent one gets the default.
    if (spec["storageClassName"] === undefined) {
      const name = defaultClass(machine);
      if (name !== undefined) spec["storageClassName"] = name;
    }
    object["status"] = { phase: "Pending" };
    const meta = child(object, "metadata");
    meta["finalizers"] = [...new Set([...listOf(meta["finalizers"]), "kubernetes.io/pvc-protection"])];
  },
  validate: checkClaim,
  validateUpdate(object, before) {
    const bound = at(before, "status", "phase") === "Bound";
    const errors: FieldError[] = [];
    if (!same(fixedClaim(object, bound), fixedClaim(before, bound))) {
      errors.push(forbiddenField(
        "spec",
        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n",
      ));
    }
    const size = textOf(at(object, "spec", "resources", "requests", "storage"));
    const had = textOf(at(before, "status", "capacity", "storage"));
    // A volume cannot shrink, so a claim that is bound may ask for more only.
    if (had !== "" && compareQuantities(size, textOf(at(before, "spec", "resources", "requests", "storage"))) < 0) {
      errors.push(forbiddenField(
        "spec.resources.requests.storage",
        "field can not be less than status.capacity",
      ));
    }
    return errors;
  },
};

const claimCells: Cells = (o, c) => {
  const volume = textOf(at(o, "spec", "volumeName"));
  const leaving = at(o, "metadata", "deletionTimestamp") !== undefined;
  return [
    nameOf(o),
    leaving ? "Terminating" : textOf(at(o, "status", "phase")),
    volume,
    // Capacity and modes are those of the volume, so a claim without one has none.
    volume === "" ? "" : amount(at(o, "status", "capacity", "storage")),
    volume === "" ? "" : modesText(at(o, "status", "accessModes")),
    textOf(at(o, "spec", "storageClassName")),
    textOf(at(o, "spec", "volumeAttributesClassName")) || "<unset>",
    age(o, c),
    textOf(at(o, "spec", "volumeMode")) || "<unset>",
  ];
};

/** PersistentVolumeClaims. */
export const claims: Kind = {
  resource: "/persistentvolumeclaims",
  rules: claimRules,
  controller: claimController,
  cells: claimCells,
  answersDeleted: true,
};
