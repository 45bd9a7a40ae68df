/**
 * Defaults of workloads whose pods run on and on.
 *
 * Source: Kubernetes 1.34, `pkg/apis/apps/v1/defaults.go`, and `pkg/apis/core/v1/defaults.go` for ReplicationControllers.
 *
 * @module
 */
import { asObject, asText, childOf, fieldAt, fillIn, type JsonObject, objectsOf } from "../../base/mod.ts";
import { templateDefaults } from "./pod.ts";
import { claimDefaults } from "./storage.ts";

/** Fills in a Deployment. */
export function deploymentDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "replicas", 1);
  const strategy = childOf(spec, "strategy");
  if (asText(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    const rolling = childOf(strategy, "rollingUpdate");
    fillIn(rolling, "maxUnavailable", "25%");
    fillIn(rolling, "maxSurge", "25%");
  }
  fillIn(spec, "revisionHistoryLimit", 10);
  fillIn(spec, "progressDeadlineSeconds", 600);
  templateDefaults(spec["template"]);
}

/** Fills in a ReplicaSet. */
export function replicaSetDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "replicas", 1);
  templateDefaults(spec["template"]);
}

/** Fills in a ReplicationController. */
export function replicationControllerDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "replicas", 1);
  // `SetDefaults_ReplicationController`: selector and labels follow from the template.
  const labels = asObject(fieldAt(spec, "template", "metadata", "labels"));
  if (Object.keys(labels).length > 0) {
    fillIn(spec, "selector", { ...labels });
    fillIn(childOf(object, "metadata"), "labels", { ...labels });
  }
  templateDefaults(spec["template"]);
}

/** Fills in a DaemonSet. */
export function daemonSetDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  const strategy = childOf(spec, "updateStrategy");
  if (asText(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    const rolling = childOf(strategy, "rollingUpdate");
    fillIn(rolling, "maxUnavailable", 1);
    fillIn(rolling, "maxSurge", 0);
  }
  fillIn(spec, "revisionHistoryLimit", 10);
  templateDefaults(spec["template"]);
  // The template's generation counted templates before there were ControllerRevisions. The server
  // still writes it.
  const annotations = asObject(fieldAt(object, "metadata", "annotations"));
  childOf(object, "metadata")["annotations"] = { "deprecated.daemonset.template.generation": "1", ...annotations };
}

/** Fills in a StatefulSet and its claims. */
export function statefulSetDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  if (asText(spec["podManagementPolicy"]) === "") spec["podManagementPolicy"] = "OrderedReady";
  const strategy = childOf(spec, "updateStrategy");
  // `rollingUpdate` is filled in only when the type was left out too. With an explicit type it
  // stays as it was given.
  if (asText(strategy["type"]) === "") {
    strategy["type"] = "RollingUpdate";
    childOf(strategy, "rollingUpdate");
  }
  const rolling = strategy["rollingUpdate"];
  if (strategy["type"] === "RollingUpdate" && rolling !== undefined) fillIn(asObject(rolling), "partition", 0);
  const policy = childOf(spec, "persistentVolumeClaimRetentionPolicy");
  fillIn(policy, "whenDeleted", "Retain");
  fillIn(policy, "whenScaled", "Retain");
  fillIn(spec, "replicas", 1);
  fillIn(spec, "revisionHistoryLimit", 10);
  templateDefaults(spec["template"]);
  for (const claim of objectsOf(spec["volumeClaimTemplates"])) {
    // The server writes kind, apiVersion and status into the claim templates.
    claim["kind"] = "PersistentVolumeClaim";
    claim["apiVersion"] = "v1";
    claimDefaults(claim);
    claim["status"] = { phase: "Pending" };
  }
}
