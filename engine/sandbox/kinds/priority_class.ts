/**
 * PriorityClasses.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/scheduling` and `pkg/registry/scheduling/priorityclass/strategy.go`.
 *
 * @module
 */
import { priorityClassDefaults } from "../../kube/defaults/mod.ts";
import { at, numberOf, textOf } from "../json.ts";
import { type FieldError, forbidden, forbiddenField, invalidValue } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of PriorityClasses. */
const priorityClassRules: Rules = {
  generation: true,
  defaults: priorityClassDefaults,
  validate(object) {
    const name = textOf(at(object, "metadata", "name"));
    const errors: FieldError[] = [];
    // The limit is `HighestUserDefinablePriority`; only the two system classes are above it.
    if (name.startsWith("system-") && !["system-cluster-critical", "system-node-critical"].includes(name)) {
      errors.push(forbiddenField(
        "metadata.name",
        "priority class names with 'system-' prefix are reserved for system use only. error: " +
          `${name} is not a known system priority class`,
      ));
    } else if (numberOf(object["value"]) > 1_000_000_000 && !name.startsWith("system-")) {
      errors.push(forbiddenField("value", "maximum allowed value of a user defined priority is 1000000000"));
    }
    return errors;
  },
  validateUpdate(object, before) {
    const errors: FieldError[] = [];
    if (object["value"] !== before["value"]) {
      errors.push(forbiddenField("value", "may not be changed in an update."));
    }
    if (object["preemptionPolicy"] !== before["preemptionPolicy"]) {
      errors.push(invalidValue("preemptionPolicy", object["preemptionPolicy"], "field is immutable"));
    }
    return errors;
  },
  admit(object, machine) {
    // The admission plugin PriorityClass: two defaults would leave the priority of pods to chance.
    if (object["globalDefault"] !== true) return;
    const name = textOf(at(object, "metadata", "name"));
    const other = machine.store.list("scheduling.k8s.io/priorityclasses")
      .find((c) => c["globalDefault"] === true && c.metadata?.name !== name);
    if (other === undefined) return;
    throw forbidden(
      { group: "scheduling.k8s.io", resource: "priorityclasses" },
      name,
      `PriorityClass ${other.metadata?.name} is already marked as default. Only one default can exist`,
    );
  },
};

const priorityClassCells: Cells = (o, c) => [
  nameOf(o),
  numberOf(o["value"]),
  o["globalDefault"] === true,
  age(o, c),
  textOf(o["preemptionPolicy"]),
];

/** PriorityClasses. */
export const priorityClasses: Kind = {
  resource: "scheduling.k8s.io/priorityclasses",
  rules: priorityClassRules,
  cells: priorityClassCells,
};
