/**
 * The rules of Deployments, ReplicaSets, StatefulSets, DaemonSets and ReplicationControllers.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps` (`v1/defaults.go`,
 * `validation/validation.go`) and `pkg/apis/core`.
 *
 * @module
 */
import { at, child, copy, fill, isMap, type Json, listOf, mapOf, mapsOf, same, textOf } from "../json.ts";
import { selectorOf } from "../selectors.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from "../status.ts";
import { checkSelector } from "../validation/meta.ts";
import { qualifiedName } from "../validation/names.ts";
import { claimDefaults } from "./storage.ts";
import { templateDefaults } from "./pod_defaults.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

function labelsOf(spec: Json): Record<string, string> {
  return mapOf(at(spec, "template", "metadata", "labels")) as Record<string, string>;
}

/** Checks that a selector is present, well formed and not empty. */
function checkOwnSelector(spec: Json, kind: string, isRequired: boolean): FieldError[] {
  const selector = spec["selector"];
  if (!isMap(selector)) return isRequired ? [required("spec.selector")] : [];
  const errors = checkSelector(selector, "spec.selector");
  const size = Object.keys(mapOf(at(selector, "matchLabels"))).length + listOf(at(selector, "matchExpressions")).length;
  if (size === 0) {
    errors.push(invalidValue("spec.selector", selector, `empty selector is invalid for ${kind}`));
  }
  return errors;
}

/** True when every expression can be evaluated. */
function isSelector(selector: Json): boolean {
  return mapsOf(selector["matchExpressions"]).every((expression) => {
    const count = listOf(expression["values"]).length;
    const operator = textOf(expression["operator"]);
    const fits = ["In", "NotIn"].includes(operator) ? count > 0 : ["Exists", "DoesNotExist"].includes(operator);
    return fits && qualifiedName(textOf(expression["key"])).length === 0;
  });
}

function checkOwnLabels(spec: Json): FieldError[] {
  const selector = spec["selector"];
  const empty = isMap(selector) && Object.keys(selector).length === 0;
  if (isMap(selector) && !isSelector(selector)) {
    return [invalidValue("spec.selector", selector, "invalid label selector")];
  }
  // An empty selector has been reported already.
  if (empty || selectorOf(selector)(labelsOf(spec))) return [];
  const labels = at(spec, "template", "metadata", "labels");
  return [invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")];
}

/** Refuses templates whose pods would end by themselves: the controller would start them again for ever. */
function checkAlways(spec: Json, kind: string): FieldError[] {
  const errors: FieldError[] = [];
  const restart = at(spec, "template", "spec", "restartPolicy");
  if (restart !== "Always") errors.push(notSupported("spec.template.spec.restartPolicy", restart, ["Always"]));
  if (at(spec, "template", "spec", "activeDeadlineSeconds") !== undefined) {
    errors.push(forbiddenField(
      "spec.template.spec.activeDeadlineSeconds",
      `activeDeadlineSeconds in ${kind} is not Supported`,
    ));
  }
  return errors;
}

function immutable(object: Json, before: Json, ...path: string[]): FieldError[] {
  const value = at(object, ...path);
  if (same(value, at(before, ...path))) return [];
  return [invalidValue(path.join("."), value, "field is immutable")];
}

/** Checks a count or a percentage. The two blanks in the message are the server's. */
function checkPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === "number") return notNegative(value, field);
  if (/^[0-9]+%$/.test(textOf(value))) return [];
  const message = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or " +
    "'93%', regex used for validation is '[0-9]+%')";
  return value === undefined ? [] : [invalidValue(field, value, message)];
}

function isNone(value: unknown): boolean {
  return value === 0 || value === undefined || /^0+%$/.test(textOf(value));
}

function checkStrategy(spec: Json): FieldError[] {
  const strategy = mapOf(spec["strategy"]);
  const field = "spec.strategy";
  const rolling = strategy["rollingUpdate"];
  if (strategy["type"] === "Recreate") {
    if (rolling === undefined) return [];
    return [forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy["type"] !== "RollingUpdate") {
    const shown = { Type: strategy["type"], RollingUpdate: rolling ?? null };
    return [notSupported(field, shown, ["Recreate", "RollingUpdate"])];
  }
  const [down, up] = [at(rolling, "maxUnavailable"), at(rolling, "maxSurge")];
  const errors = [
    ...checkPercent(down, `${field}.rollingUpdate.maxUnavailable`),
    ...checkPercent(up, `${field}.rollingUpdate.maxSurge`),
  ];
  // With both at 0 the rollout could not move.
  if (isNone(down) && isNone(up)) {
    errors.push(invalidValue(`${field}.rollingUpdate.maxUnavailable`, down, "may not be 0 when `maxSurge` is 0"));
  }
  if (Number(/^(\d+)%$/.exec(textOf(down))?.[1] ?? 0) > 100) {
    errors.push(invalidValue(`${field}.rollingUpdate.maxUnavailable`, down, "must not be greater than 100%"));
  }
  return errors;
}

/** Rules of Deployments. */
export const deploymentRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    fill(spec, "replicas", 1);
    const strategy = child(spec, "strategy");
    if (textOf(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      const rolling = child(strategy, "rollingUpdate");
      fill(rolling, "maxUnavailable", "25%");
      fill(rolling, "maxSurge", "25%");
    }
    fill(spec, "revisionHistoryLimit", 10);
    fill(spec, "progressDeadlineSeconds", 600);
    templateDefaults(spec["template"]);
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [
      ...notNegative(spec["replicas"], "spec.replicas"),
      ...checkOwnSelector(spec, "deployment", true),
      ...checkOwnLabels(spec),
      ...checkTemplate(spec["template"], "spec.template"),
      // A Deployment's template is checked as that of a ReplicaSet, hence the word.
      ...checkAlways(spec, "ReplicaSet"),
      ...checkStrategy(spec),
      ...notNegative(spec["minReadySeconds"], "spec.minReadySeconds"),
      ...notNegative(spec["revisionHistoryLimit"], "spec.revisionHistoryLimit"),
    ];
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

/** Rules of ReplicaSets. */
export const replicaSetRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    fill(spec, "replicas", 1);
    templateDefaults(spec["template"]);
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [
      ...notNegative(spec["replicas"], "spec.replicas"),
      // `ValidateReplicaSetSpec` says "deployment" too.
      ...checkOwnSelector(spec, "deployment", true),
      ...checkOwnLabels(spec),
      ...checkTemplate(spec["template"], "spec.template"),
      ...checkAlways(spec, "ReplicaSet"),
    ];
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

function checkDaemonStrategy(strategy: Json): FieldError[] {
  if (["RollingUpdate", "OnDelete"].includes(textOf(strategy["type"]))) return [];
  const shown = { Type: strategy["type"], RollingUpdate: strategy["rollingUpdate"] ?? null };
  return [notSupported("spec.updateStrategy", shown, ["RollingUpdate", "OnDelete"])];
}

/** Rules of DaemonSets. */
export const daemonSetRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    const strategy = child(spec, "updateStrategy");
    if (textOf(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      const rolling = child(strategy, "rollingUpdate");
      fill(rolling, "maxUnavailable", 1);
      fill(rolling, "maxSurge", 0);
    }
    fill(spec, "revisionHistoryLimit", 10);
    templateDefaults(spec["template"]);
    // The template's generation counted templates before there were ControllerRevisions. The server
    // still writes it.
    const annotations = mapOf(at(object, "metadata", "annotations"));
    child(object, "metadata")["annotations"] = { "deprecated.daemonset.template.generation": "1", ...annotations };
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [
      ...checkOwnSelector(spec, "daemonset", false),
      ...checkOwnLabels(spec),
      ...checkTemplate(spec["template"], "spec.template"),
      ...checkAlways(spec, "DaemonSet"),
      ...notNegative(spec["minReadySeconds"], "spec.minReadySeconds"),
      ...checkDaemonStrategy(mapOf(spec["updateStrategy"])),
    ];
  },
  prepareUpdate(object, before) {
    const key = "deprecated.daemonset.template.generation";
    const old = Number(at(before, "metadata", "annotations", key) ?? 1);
    const changed = !same(at(object, "spec", "template"), at(before, "spec", "template"));
    const annotations = child(child(object, "metadata"), "annotations");
    annotations[key] = String(changed ? old + 1 : old);
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

const STATEFUL_MAY_CHANGE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

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
export const statefulSetRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    if (textOf(spec["podManagementPolicy"]) === "") spec["podManagementPolicy"] = "OrderedReady";
    const strategy = child(spec, "updateStrategy");
    // `rollingUpdate` is filled in only when the type was left out too. With an explicit type it
    // stays as it was given.
    if (textOf(strategy["type"]) === "") {
      strategy["type"] = "RollingUpdate";
      child(strategy, "rollingUpdate");
    }
    const rolling = strategy["rollingUpdate"];
    if (strategy["type"] === "RollingUpdate" && rolling !== undefined) fill(mapOf(rolling), "partition", 0);
    const policy = child(spec, "persistentVolumeClaimRetentionPolicy");
    fill(policy, "whenDeleted", "Retain");
    fill(policy, "whenScaled", "Retain");
    fill(spec, "replicas", 1);
    fill(spec, "revisionHistoryLimit", 10);
    templateDefaults(spec["template"]);
    for (const claim of mapsOf(spec["volumeClaimTemplates"])) {
      // The server writes kind, apiVersion and status into the claim templates.
      claim["kind"] = "PersistentVolumeClaim";
      claim["apiVersion"] = "v1";
      claimDefaults(claim);
      claim["status"] = { phase: "Pending" };
    }
  },
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
      const kept = Object.entries(mapOf(data["spec"])).filter(([key]) => !STATEFUL_MAY_CHANGE.includes(key));
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

/** Rules of ReplicationControllers. */
export const replicationControllerRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    fill(spec, "replicas", 1);
    // `SetDefaults_ReplicationController`: selector and labels follow from the template.
    const labels = mapOf(at(spec, "template", "metadata", "labels"));
    if (Object.keys(labels).length > 0) {
      fill(spec, "selector", { ...labels });
      fill(child(object, "metadata"), "labels", { ...labels });
    }
    templateDefaults(spec["template"]);
  },
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
