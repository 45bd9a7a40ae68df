/**
 * Ingresses and IngressClasses.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/networking` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { at, isMap, type Json, listOf, mapOf, mapsOf, textOf } from "../json.ts";
import { type FieldError, invalidValue, notSupported, required } from "../status.ts";
import { age, balancer, type Cells, nameOf } from "../tables/format.ts";
import { dns1035Label, dnsSubdomain, portName, portNumber, wildcardSubdomain } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
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
const ingressRules: Rules = {
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
const ingressClassRules: Rules = {
  generation: true,
  validateUpdate(object, before) {
    const controller = at(object, "spec", "controller");
    if (controller === at(before, "spec", "controller")) return [];
    return [invalidValue("spec.controller", controller, "field is immutable")];
  },
};

const ingressCells: Cells = (o, c) => {
  const hosts = mapsOf(at(o, "spec", "rules")).map((rule) => textOf(rule["host"])).filter((host) => host !== "");
  // `formatHosts` shows three, like the functions for endpoints below.
  const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(",")} + ${hosts.length - 3} more...` : hosts.join(",");
  return [
    nameOf(o),
    textOf(at(o, "spec", "ingressClassName")) || "<none>",
    shown || "*",
    balancer(o),
    mapsOf(at(o, "spec", "tls")).length > 0 ? "80, 443" : "80",
    age(o, c),
  ];
};

const ingressClassCells: Cells = (o, c) => {
  const parameters = at(o, "spec", "parameters");
  const group = textOf(at(parameters, "apiGroup"));
  const shown = parameters === undefined
    ? "<none>"
    : `${textOf(at(parameters, "kind"))}${group === "" ? "" : `.${group}`}/${textOf(at(parameters, "name"))}`;
  return [nameOf(o), textOf(at(o, "spec", "controller")), shown, age(o, c)];
};

/** Ingresses. */
export const ingresses: Kind = { resource: "networking.k8s.io/ingresses", rules: ingressRules, cells: ingressCells };

/** IngressClasses. */
export const ingressClasses: Kind = {
  resource: "networking.k8s.io/ingressclasses",
  rules: ingressClassRules,
  cells: ingressClassCells,
};
