/**
 * The rules of Ingresses, IngressClasses and NetworkPolicies.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/networking`
 * (`validation/validation.go`, `v1/defaults.go`).
 *
 * @module
 */
import { at, child, fill, isMap, type Json, listOf, mapOf, mapsOf, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from "../status.ts";
import { checkSelector } from "../validation/meta.ts";
import { dns1035Label, dnsSubdomain, portName, portNumber, wildcardSubdomain } from "../validation/names.ts";
import { checkPort, PROTOCOLS } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];

function checkBackend(backend: unknown, field: string): FieldError[] {
  const service = at(backend, "service");
  const resource = at(backend, "resource");
  if (service !== undefined && resource !== undefined) {
    return [invalidValue(field, "", "cannot set both resource and service backends")];
  }
  if (resource !== undefined) return [];
  if (service === undefined) return [invalidValue(field, "", "resource or service backend is required")];
  const errors: FieldError[] = [];
  const name = textOf(at(service, "name"));
  if (name === "") errors.push(required(`${field}.service.name`));
  else errors.push(...dns1035Label(name).map((m) => invalidValue(`${field}.service.name`, name, m)));
  const [portText, number] = [textOf(at(service, "port", "name")), at(service, "port", "number")];
  // A port number of 0 counts as absent: the internal type has no pointer here.
  if (portText !== "" && typeof number === "number" && number !== 0) {
    errors.push(invalidValue(field, "", "cannot set both port name & port number"));
  } else if (portText !== "") {
    errors.push(...portName(portText).map((m) => invalidValue(`${field}.service.port.name`, portText, m)));
  } else if (typeof number === "number" && number !== 0) {
    errors.push(...portNumber(number).map((m) => invalidValue(`${field}.service.port.number`, number, m)));
  } else errors.push(required(field, "port name or number is required"));
  return errors;
}

function checkPath(path: Json, here: string): FieldError[] {
  const errors: FieldError[] = [];
  const [type, text] = [path["pathType"], textOf(path["path"])];
  if (type === undefined || type === null) return [required(`${here}.pathType`, "pathType must be specified")];
  if (!PATH_TYPES.includes(textOf(type))) errors.push(notSupported(`${here}.pathType`, type, PATH_TYPES));
  // A path of a type that the controller interprets may be empty, and need not be a clean path.
  const absolute = type === "Exact" || type === "Prefix" || text !== "";
  if (absolute && !text.startsWith("/")) {
    errors.push(invalidValue(`${here}.path`, text, "must be an absolute path"));
  } else if (type === "Exact" || type === "Prefix") {
    for (const bad of ["//", "/./", "/../", "%2f", "%2F"]) {
      if (text.includes(bad)) errors.push(invalidValue(`${here}.path`, text, `must not contain '${bad}'`));
    }
  }
  return [...errors, ...checkBackend(path["backend"], `${here}.backend`)];
}

/** Checks a host; an empty one matches every host. */
function checkHost(host: string, field: string): FieldError[] {
  if (host === "") return [];
  if (/^[\d.]+$/.test(host) && host.split(".").length === 4) {
    return [invalidValue(field, host, "must be a DNS name, not an IP address")];
  }
  const wrong = host.includes("*") ? wildcardSubdomain(host) : dnsSubdomain(host);
  return wrong.map((message) => invalidValue(field, host, message));
}

/** Rules of Ingresses. */
export const ingressRules: Rules = {
  generation: true,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const rules = mapsOf(spec["rules"]);
    const errors: FieldError[] = [];
    if (rules.length === 0 && spec["defaultBackend"] === undefined) {
      errors.push(invalidValue("spec", null, "either `defaultBackend` or `rules` must be specified"));
    }
    if (spec["defaultBackend"] !== undefined) {
      errors.push(...checkBackend(spec["defaultBackend"], "spec.defaultBackend"));
    }
    rules.forEach((rule, i) => {
      const here = `spec.rules[${i}]`;
      errors.push(...checkHost(textOf(rule["host"]), `${here}.host`));
      // A rule without paths sends its host's traffic to the default backend.
      if (!isMap(rule["http"])) return;
      const paths = mapsOf(at(rule, "http", "paths"));
      if (paths.length === 0) errors.push(required(`${here}.http.paths`));
      paths.forEach((path, j) => errors.push(...checkPath(path, `${here}.http.paths[${j}]`)));
    });
    mapsOf(spec["tls"]).forEach((tls, i) => {
      listOf(tls["hosts"]).forEach((host, j) => {
        errors.push(...checkHost(textOf(host), `spec.tls[${i}].hosts[${j}]`));
      });
    });
    const name = spec["ingressClassName"];
    if (typeof name === "string") {
      errors.push(...dnsSubdomain(name).map((m) => invalidValue("spec.ingressClassName", name, m)));
    }
    return errors;
  },
};

/** Rules of IngressClasses. */
export const ingressClassRules: Rules = {
  generation: true,
  validateUpdate(object, before) {
    const controller = at(object, "spec", "controller");
    if (controller === at(before, "spec", "controller")) return [];
    return [invalidValue("spec.controller", controller, "field is immutable")];
  },
};

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
export const networkPolicyRules: Rules = {
  generation: true,
  defaults(object) {
    const spec = child(object, "spec");
    for (const list of ["ingress", "egress"]) {
      for (const rule of mapsOf(spec[list])) {
        for (const port of mapsOf(rule["ports"])) fill(port, "protocol", "TCP");
      }
    }
    // `SetDefaults_NetworkPolicy`: a policy is always for ingress, and for egress only when it has
    // such rules.
    if (listOf(spec["policyTypes"]).length === 0) {
      spec["policyTypes"] = listOf(spec["egress"]).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
    }
  },
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
