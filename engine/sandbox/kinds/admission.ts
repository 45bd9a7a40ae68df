/**
 * Webhook configurations and admission policies.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/admissionregistration/v1/defaults.go`.
 *
 * @module
 */
import { webhookDefaults } from "../../kube/defaults/mod.ts";
import { onePath } from "../fields/set.ts";
import { listOf, mapOf, mapsOf, textOf } from "../json.ts";
import { type FieldError, required } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of the two kinds of webhook configuration. */
const webhookRules: Rules = {
  generation: true,
  defaults: webhookDefaults,
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
const countedRules: Rules = { generation: true };

const webhooksCells: Cells = (o, c) => [nameOf(o), listOf(o["webhooks"]).length, age(o, c)];

const GROUP = "admissionregistration.k8s.io";

/** Both kinds of webhook configuration. */
export const webhookConfigurations: readonly Kind[] = ["mutating", "validating"].map((name) => ({
  resource: `${GROUP}/${name}webhookconfigurations`,
  rules: webhookRules,
  cells: webhooksCells,
}));

/** Validating admission policies. */
export const admissionPolicies: Kind = {
  resource: `${GROUP}/validatingadmissionpolicies`,
  rules: countedRules,
  statusKeeps: onePath("f:metadata"),
};

/** Bindings of validating admission policies. */
export const admissionPolicyBindings: Kind = {
  resource: `${GROUP}/validatingadmissionpolicybindings`,
  rules: countedRules,
};
