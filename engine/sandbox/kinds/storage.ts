/**
 * The rules of claims, volumes and storage classes.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go`,
 * `pkg/apis/storage`, and the admission plugins in `plugin/pkg/admission/storage`.
 *
 * @module
 */
import { at, child, copy, fill, type Json, listOf, mapOf, same, textOf } from "../json.ts";
import type { Machine } from "../machine.ts";
import { compareQuantities, quantityOf } from "../../base/mod.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from "../status.ts";
import { dnsSubdomain } from "../validation/names.ts";
import type { Rules } from "./rules.ts";

const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Fills in a claim. */
export function claimDefaults(claim: Json): void {
  const spec = child(claim, "spec");
  fill(spec, "volumeMode", "Filesystem");
  if (textOf(at(claim, "status", "phase")) === "") child(claim, "status")["phase"] = "Pending";
}

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
export const claimRules: Rules = {
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
export const volumeRules: Rules = {
  defaults(object) {
    const spec = child(object, "spec");
    fill(spec, "persistentVolumeReclaimPolicy", "Retain");
    fill(spec, "volumeMode", "Filesystem");
    if (spec["hostPath"] !== undefined) fill(mapOf(spec["hostPath"]), "type", "");
  },
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

/** Rules of StorageClasses. */
export const storageClassRules: Rules = {
  defaults(object) {
    fill(object, "reclaimPolicy", "Delete");
    fill(object, "volumeBindingMode", "Immediate");
  },
  validate: (object) => textOf(object["provisioner"]) === "" ? [required("provisioner")] : [],
  validateUpdate(object, before) {
    const errors: FieldError[] = [];
    if (!same(object["parameters"], before["parameters"])) {
      errors.push(forbiddenField("parameters", "updates to parameters are forbidden."));
    }
    if (object["provisioner"] !== before["provisioner"]) {
      errors.push(forbiddenField("provisioner", "updates to provisioner are forbidden."));
    }
    if (object["reclaimPolicy"] !== before["reclaimPolicy"]) {
      errors.push(forbiddenField("reclaimPolicy", "updates to reclaimPolicy are forbidden."));
    }
    if (object["volumeBindingMode"] !== before["volumeBindingMode"]) {
      errors.push(invalidValue("volumeBindingMode", object["volumeBindingMode"], "field is immutable"));
    }
    return errors;
  },
};
