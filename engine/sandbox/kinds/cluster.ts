/**
 * The rules of Namespaces, Nodes, webhooks, endpoints and APIServices.
 *
 * Source: `pkg/registry/core/namespace/strategy.go`,
 * `pkg/apis/admissionregistration/v1/defaults.go`, `pkg/apis/core/v1/defaults.go` and
 * `pkg/apis/discovery/v1/defaults.go`.
 *
 * @module
 */
import { at, child, fill, type Json, listOf, mapOf, mapsOf, textOf } from "../json.ts";
import { type FieldError, required } from "../status.ts";
import { dnsLabel } from "../validation/names.ts";
import type { Rules } from "./rules.ts";

/** Rules of Namespaces. */
export const namespaceRules: Rules = {
  name: dnsLabel,
  defaults(object) {
    const meta = child(object, "metadata");
    const name = textOf(meta["name"]);
    if (name !== "") child(meta, "labels")["kubernetes.io/metadata.name"] = name;
  },
  prepare(object) {
    const meta = child(object, "metadata");
    // Once more: a generated name is known only now.
    child(meta, "labels")["kubernetes.io/metadata.name"] = textOf(meta["name"]);
    const spec = child(object, "spec");
    // This finalizer keeps the namespace until its contents are deleted.
    const finalizers = listOf(spec["finalizers"]);
    spec["finalizers"] = finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"];
    object["status"] = { phase: "Active" };
  },
  prepareUpdate(object, before) {
    // Finalizers change only through the subresource `finalize`.
    object["spec"] = before["spec"];
  },
};

/** Rules of Nodes. A kubelet registers its node with a status, so that is kept. */
export const nodeRules: Rules = { keepsStatus: true };

/** Rules of the two kinds of webhook configuration. */
export const webhookRules: Rules = {
  generation: true,
  defaults(object) {
    // Only a mutating webhook can be called again after others have changed the object.
    const mutating = object["kind"] === "MutatingWebhookConfiguration";
    for (const hook of mapsOf(object["webhooks"])) {
      fill(hook, "failurePolicy", "Fail");
      fill(hook, "matchPolicy", "Equivalent");
      fill(hook, "namespaceSelector", {});
      fill(hook, "objectSelector", {});
      fill(hook, "timeoutSeconds", 10);
      if (mutating) fill(hook, "reinvocationPolicy", "Never");
      const service = at(hook, "clientConfig", "service");
      if (service !== undefined) fill(mapOf(service), "port", 443);
      for (const rule of mapsOf(hook["rules"])) fill(rule, "scope", "*");
    }
  },
  validate(object) {
    const errors: FieldError[] = [];
    mapsOf(object["webhooks"]).forEach((hook, i) => {
      if (textOf(hook["name"]) === "") errors.push(required(`webhooks[${i}].name`));
      // Version 1 has no defaults for these two: the author must say them.
      if (hook["sideEffects"] === undefined) {
        errors.push(required(`webhooks[${i}].sideEffects`, "must specify one of None, NoneOnDryRun"));
      }
      if (listOf(hook["admissionReviewVersions"]).length === 0) {
        errors.push(required(`webhooks[${i}].admissionReviewVersions`, "must specify one of v1, v1beta1"));
      }
      const config = mapOf(hook["clientConfig"]);
      if (config["url"] === undefined && config["service"] === undefined) {
        errors.push(required(`webhooks[${i}].clientConfig`, "exactly one of url or service is required"));
      }
    });
    return errors;
  },
};

/** Rules of kinds of which only the generation is counted. */
export const countedRules: Rules = { generation: true };

/** Rules of Endpoints. */
export const endpointsRules: Rules = {
  defaults(object) {
    for (const subset of mapsOf(object["subsets"])) {
      for (const port of mapsOf(subset["ports"])) fill(port, "protocol", "TCP");
    }
  },
};

/** Rules of EndpointSlices. */
export const endpointSliceRules: Rules = {
  generation: true,
  defaults(object) {
    for (const port of mapsOf(object["ports"])) {
      fill(port, "name", "");
      fill(port, "protocol", "TCP");
    }
  },
};

/** Rules of APIServices. */
export const apiServiceRules: Rules = {
  needsVersion: true,
  defaults(object: Json) {
    const service = at(object, "spec", "service");
    if (service !== undefined) fill(mapOf(service), "port", 443);
  },
};
