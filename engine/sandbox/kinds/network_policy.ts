/**
 * NetworkPolicies.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/networking` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { networkPolicyDefaults } from "../../kube/defaults/mod.ts";
import { at, type Json, listOf, mapOf, mapsOf, textOf } from "../json.ts";
import { type FieldError, forbiddenField, notSupported, required } from "../status.ts";
import { age, type Cells, nameOf, selectorText } from "../tables/format.ts";
import { checkSelector } from "../validation/meta.ts";
import type { Kind } from "./kind.ts";
import { checkPort, PROTOCOLS } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

function checkPolicyRule(rule: Json, field: string, peers: string): FieldError[] {
  const errors: FieldError[] = [];
  mapsOf(rule["ports"]).forEach((port, i) => {
    const here = `${field}.ports[${i}]`;
    const protocol = port["protocol"];
    if (protocol !== undefined && !PROTOCOLS.includes(textOf(protocol))) {
      // In the order of this check's source. `PROTOCOLS` is sorted, because there the server prints
      // a set.
      errors.push(notSupported(`${here}.protocol`, protocol, ["TCP", "UDP", "SCTP"]));
    }
    if (port["port"] !== undefined) errors.push(...checkPort(port["port"], `${here}.port`));
  });
  mapsOf(rule[peers]).forEach((peer, i) => {
    const here = `${field}.${peers}[${i}]`;
    // The two selectors may be combined; a block of addresses stands alone.
    const given = ["podSelector", "namespaceSelector", "ipBlock"].filter((key) => peer[key] !== undefined);
    if (given.length === 0) errors.push(required(here, "must specify a peer"));
    if (peer["ipBlock"] !== undefined && given.length > 1) {
      errors.push(forbiddenField(here, "may not specify both ipBlock and another peer"));
    }
    for (const key of ["podSelector", "namespaceSelector"]) {
      errors.push(...checkSelector(peer[key], `${here}.${key}`));
    }
  });
  return errors;
}

/** Rules of NetworkPolicies. */
const networkPolicyRules: Rules = {
  generation: true,
  defaults: networkPolicyDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors = checkSelector(spec["podSelector"], "spec.podSelector");
    mapsOf(spec["ingress"]).forEach((rule, i) => errors.push(...checkPolicyRule(rule, `spec.ingress[${i}]`, "from")));
    mapsOf(spec["egress"]).forEach((rule, i) => errors.push(...checkPolicyRule(rule, `spec.egress[${i}]`, "to")));
    const types = ["Ingress", "Egress"];
    listOf(spec["policyTypes"]).forEach((type, i) => {
      if (!types.includes(textOf(type))) errors.push(notSupported(`spec.policyTypes[${i}]`, type, types));
    });
    return errors;
  },
};

const networkPolicyCells: Cells = (o, c) => [nameOf(o), selectorText(at(o, "spec", "podSelector")), age(o, c)];

/** NetworkPolicies. */
export const networkPolicies: Kind = {
  resource: "networking.k8s.io/networkpolicies",
  rules: networkPolicyRules,
  cells: networkPolicyCells,
};
