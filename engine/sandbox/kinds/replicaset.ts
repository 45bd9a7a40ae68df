/**
 * ReplicaSets and ReplicationControllers.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps` (`v1/defaults.go`, `validation/validation.go`) and `pkg/apis/core`.
 *
 * @module
 */
import { replicaSetDefaults, replicationControllerDefaults } from "../../kube/defaults/mod.ts";
import { replicaSetController, replicationController } from "../controllers/replicaset.ts";
import { at, mapOf, numberOf } from "../json.ts";
import { required } from "../status.ts";
import { age, type Cells, containers, labelText, nameOf, selectorText } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { checkAlways, checkOwnLabels, checkReplicated, immutable, status } from "./workload_checks.ts";

/** Rules of ReplicaSets. */
const replicaSetRules: Rules = {
  generation: true,
  defaults: replicaSetDefaults,
  validate(object) {
    return checkReplicated(mapOf(object["spec"]));
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

/** Rules of ReplicationControllers. */
const replicationControllerRules: Rules = {
  generation: true,
  defaults: replicationControllerDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const missing = Object.keys(mapOf(spec["selector"])).length === 0 ? [required("spec.selector")] : [];
    if (spec["template"] === undefined) return [...missing, required("spec.template")];
    return [
      ...missing,
      ...notNegative(spec["replicas"], "spec.replicas"),
      ...checkOwnLabels({ ...spec, selector: { matchLabels: spec["selector"] } }),
      ...checkTemplate(spec["template"], "spec.template"),
      ...checkAlways(spec, "ReplicationController"),
    ];
  },
};

const replicasCells: Cells = (object, context) => {
  const selector = at(object, "spec", "selector");
  const old = object["kind"] === "ReplicationController";
  return [
    nameOf(object),
    numberOf(at(object, "spec", "replicas")),
    status(object, "replicas"),
    status(object, "readyReplicas"),
    age(object, context),
    ...containers(at(object, "spec", "template")),
    old ? labelText(selector) : selectorText(selector),
  ];
};

/** ReplicaSets. */
export const replicaSets: Kind = {
  resource: "apps/replicasets",
  rules: replicaSetRules,
  controller: replicaSetController,
  cells: replicasCells,
  selectable: ["status.replicas"],
};

/** ReplicationControllers. */
export const replicationControllers: Kind = {
  resource: "/replicationcontrollers",
  rules: replicationControllerRules,
  controller: replicationController,
  cells: replicasCells,
  selectable: ["status.replicas"],
  orphans: true,
};
