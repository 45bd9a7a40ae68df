/**
 * StatefulSets and ControllerRevisions.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { statefulSetDefaults } from "../../kube/defaults/mod.ts";
import { statefulSetController } from "../controllers/statefulset.ts";
import { at, copy, type Json, mapOf, mapsOf, numberOf, same, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue } from "../status.ts";
import { age, type Cells, containers, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { checkAlways, checkOwnLabels, checkOwnSelector, status } from "./workload_checks.ts";
import { STATEFUL_SET_MUTABLE } from "../../kube/mod.ts";

/**
 * Returns the template with the volumes that the claims will bring, so that mounts of them are not
 * reported as missing.
 */
function withClaimVolumes(spec: Json): Json {
  const template = copy(mapOf(spec["template"]));
  const claims = mapsOf(spec["volumeClaimTemplates"]).map((claim) => textOf(at(claim, "metadata", "name")));
  if (claims.length === 0) return template;
  const own = mapsOf(at(template, "spec", "volumes")).filter((volume) => !claims.includes(textOf(volume["name"])));
  const added = claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  mapOf(template["spec"])["volumes"] = [...added, ...own];
  return template;
}

/** Rules of StatefulSets. */
const statefulSetRules: Rules = {
  generation: true,
  defaults: statefulSetDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors: FieldError[] = [];
    const policy = textOf(spec["podManagementPolicy"]);
    if (!["OrderedReady", "Parallel"].includes(policy)) {
      errors.push(invalidValue("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"));
    }
    const strategy = mapOf(spec["updateStrategy"]);
    if (!["RollingUpdate", "OnDelete"].includes(textOf(strategy["type"]))) {
      const shown = { Type: strategy["type"], RollingUpdate: strategy["rollingUpdate"] ?? null };
      errors.push(invalidValue("spec.updateStrategy", shown, "must be 'RollingUpdate' or 'OnDelete'"));
    }
    return [
      ...errors,
      ...notNegative(spec["replicas"], "spec.replicas"),
      ...checkOwnSelector(spec, "statefulset", true),
      ...checkOwnLabels(spec),
      ...checkTemplate(withClaimVolumes(spec), "spec.template"),
      ...checkAlways(spec, "StatefulSet"),
    ];
  },
  validateUpdate(object, before) {
    // Named are the fields that may change, so that a field of a later version is fixed until it is
    // added.
    const fixed = (data: Json): Json => {
      const kept = Object.entries(mapOf(data["spec"])).filter(([key]) => !STATEFUL_SET_MUTABLE.includes(key));
      return Object.fromEntries(kept);
    };
    if (same(fixed(object), fixed(before))) return [];
    return [forbiddenField(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
        "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    )];
  },
};

const statefulSetCells: Cells = (object, context) => [
  nameOf(object),
  `${status(object, "readyReplicas")}/${numberOf(at(object, "spec", "replicas"))}`,
  age(object, context),
  ...containers(at(object, "spec", "template")),
];

const controllerRevisionCells: Cells = (object, context) => {
  const owner = mapsOf(at(object, "metadata", "ownerReferences")).find((o) => o["controller"] === true);
  const group = textOf(owner?.["apiVersion"]).split("/")[0] ?? "";
  const kind = textOf(owner?.["kind"]).toLowerCase();
  const named = owner === undefined ? "<none>" : `${kind}${group === "" ? "" : `.${group}`}/${owner["name"]}`;
  return [nameOf(object), named, numberOf(object["revision"]), age(object, context)];
};

/** StatefulSets. */
export const statefulSets: Kind = {
  resource: "apps/statefulsets",
  rules: statefulSetRules,
  controller: statefulSetController,
  cells: statefulSetCells,
};

/** ControllerRevisions: the templates that a StatefulSet or DaemonSet had. */
export const controllerRevisions: Kind = { resource: "apps/controllerrevisions", cells: controllerRevisionCells };
