/**
 * StorageClasses.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/storage/v1/defaults.go`.
 *
 * @module
 */
import { storageClassDefaults } from "../../kube/defaults/mod.ts";
import { at, same, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, required } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of StorageClasses. */
const storageClassRules: Rules = {
  defaults: storageClassDefaults,
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

const storageClassCells: Cells = (o, c) => {
  const key = "storageclass.kubernetes.io/is-default-class";
  const isDefault = at(o, "metadata", "annotations", key) === "true";
  return [
    isDefault ? `${nameOf(o)} (default)` : nameOf(o),
    textOf(o["provisioner"]),
    textOf(o["reclaimPolicy"]) || "Delete",
    textOf(o["volumeBindingMode"]) || "Immediate",
    o["allowVolumeExpansion"] === true,
    age(o, c),
  ];
};

/** StorageClasses. */
export const storageClasses: Kind = {
  resource: "storage.k8s.io/storageclasses",
  rules: storageClassRules,
  cells: storageClassCells,
};
