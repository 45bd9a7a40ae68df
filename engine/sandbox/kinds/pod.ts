/**
 * Pods and PodTemplates.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go` (`ValidatePodUpdate`) and `pkg/registry/core/pod/strategy.go`.
 *
 * @module
 */
import { podDefaults, podTemplateDefaults } from "../../kube/defaults/mod.ts";
import { admitPod, qosOf } from "../controllers/owned.ts";
import { podController } from "../controllers/pod.ts";
import { at, copy, type Json, mapOf, mapsOf, same } from "../json.ts";
import { type FieldError, forbiddenField } from "../status.ts";
import { type Cells, containers, labelText, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { podCells, podRowConditions } from "./pod_cells.ts";
import { checkPodOnly, checkPodSpec, checkTemplate } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

/** Returns the spec without the fields that may change on a running pod. */
function fixedPart(spec: unknown): Json {
  const made = copy(mapOf(spec));
  for (const list of ["containers", "initContainers"]) {
    for (const container of mapsOf(made[list])) delete container["image"];
  }
  for (const key of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"]) {
    delete made[key];
  }
  return made;
}

function checkUpdate(object: Json, before: Json): FieldError[] {
  if (same(fixedPart(object["spec"]), fixedPart(before["spec"]))) return [];
  // The server adds a dump of the difference after the line break; only the part that is always the
  // same is given here.
  return [forbiddenField(
    "spec",
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
      "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
      "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n",
  )];
}

/** Rules of Pods. */
const podRules: Rules = {
  generation: true,
  defaults: podDefaults,
  prepare(object, machine) {
    admitPod(machine, mapOf(object["spec"]));
    object["status"] = { phase: "Pending", qosClass: qosOf(mapOf(object["spec"])) };
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [...checkPodSpec(spec, "spec"), ...checkPodOnly(spec, "spec")];
  },
  validateUpdate: checkUpdate,
};

/** Rules of PodTemplates. */
const podTemplateRules: Rules = {
  generation: true,
  defaults: podTemplateDefaults,
  validate: (object) => checkTemplate(at(object, "template"), "template"),
};

const podTemplateCells: Cells = (object) => [
  nameOf(object),
  ...containers(object["template"]),
  labelText(at(object, "template", "metadata", "labels")),
];

/** Pods. */
export const pods: Kind = {
  resource: "/pods",
  rules: podRules,
  controller: podController,
  cells: podCells,
  rowConditions: podRowConditions,
  selectable: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  answersDeleted: true,
  statusKeeps: { "f:metadata": { "f:deletionTimestamp": {}, "f:ownerReferences": {} } },
  statusWriter: "kubelet",
};

/** PodTemplates. */
export const podTemplates: Kind = {
  resource: "/podtemplates",
  rules: podTemplateRules,
  cells: podTemplateCells,
  answersDeleted: true,
};
