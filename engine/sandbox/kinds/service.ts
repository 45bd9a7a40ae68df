/**
 * Services: addresses and node ports are given out here.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`, `pkg/apis/core/validation/validation.go` and `pkg/registry/core/service/storage/alloc.go`.
 *
 * @module
 */
import { serviceDefaults } from "../../kube/defaults/mod.ts";
import { serviceController } from "../controllers/service.ts";
import { at, child, fill, type Json, listOf, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import type { Machine } from "../machine.ts";
import { type FieldError, forbiddenField, invalid, invalidValue, notSupported, required } from "../status.ts";
import { checkLabels } from "../validation/meta.ts";
import { dns1035Label, dnsLabel, dnsSubdomain, portNumber } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import { checkPort, PROTOCOLS } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { serviceCells } from "./service_cells.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

// The default of the server's flag `--service-node-port-range`.
const [PORT_LOW, PORT_HIGH] = [30000, 32767];

function refuse(object: Json, error: FieldError): never {
  throw invalid({ group: "", resource: "Service" }, textOf(at(object, "metadata", "name")), [error]);
}

interface Taken {
  readonly addresses: Set<string>;
  readonly ports: Set<number>;
}

function taken(machine: Machine, object: Json): Taken {
  // The store itself is the allocator, so nothing has to be kept in step with it. The first and the
  // last address of 10.96.0.0/16 are not given out.
  const addresses = new Set(["10.96.0.0", "10.96.255.255"]);
  const ports = new Set<number>();
  const uid = at(object, "metadata", "uid");
  for (const service of machine.store.list("/services")) {
    if (service.metadata?.uid === uid) continue;
    for (const address of listOf(at(service, "spec", "clusterIPs"))) addresses.add(textOf(address));
    for (const port of mapsOf(at(service, "spec", "ports"))) ports.add(numberOf(port["nodePort"]));
    ports.add(numberOf(at(service, "spec", "healthCheckNodePort")));
  }
  return { addresses, ports };
}

function isAddress(text: string): boolean {
  const parts = text.split(".");
  return (parts.length === 4 && parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) ||
    (text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text));
}

/** Sets the service's address. One that the client asks for must be free and in range. */
function allocateAddress(object: Json, machine: Machine): void {
  const spec = mapOf(object["spec"]);
  if (spec["type"] === "ExternalName") {
    for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) delete spec[key];
    return;
  }
  const wanted = textOf(spec["clusterIP"]) || textOf(listOf(spec["clusterIPs"])[0]);
  // Validation will refuse the text; its message must come first.
  if (wanted !== "" && wanted !== "None" && !isAddress(wanted)) return;
  fill(spec, "ipFamilies", ["IPv4"]);
  fill(spec, "ipFamilyPolicy", "SingleStack");
  let address = wanted;
  const { addresses } = taken(machine, object);
  if (wanted === "") {
    do {
      // 7919 and 65000 have no common divisor, so every address comes up once before one repeats.
      const number = machine.store.count("service-address") * 7919 % 65000 + 10;
      address = `10.96.${Math.floor(number / 256)}.${number % 256}`;
    } while (addresses.has(address));
  } else if (wanted !== "None") {
    const why = !wanted.startsWith("10.96.")
      ? `failed to allocate IP ${wanted}: the provided network does not match the current range`
      : addresses.has(wanted)
      ? `failed to allocate IP ${wanted}: provided IP is already allocated`
      : undefined;
    if (why !== undefined) refuse(object, invalidValue("spec.clusterIPs", [wanted], why));
  }
  spec["clusterIP"] = address;
  spec["clusterIPs"] = [address];
}

/**
 * Returns a free node port. 613 and the size of the range have no common divisor, so every port
 * comes up once.
 */
function freePort(machine: Machine, ports: ReadonlySet<number>): number {
  for (;;) {
    const port = PORT_LOW + machine.store.count("node-port") * 613 % (PORT_HIGH - PORT_LOW + 1);
    if (!ports.has(port)) return port;
  }
}

/** Gives out node ports. */
function allocatePorts(object: Json, before: Json | undefined, machine: Machine): void {
  const spec = mapOf(object["spec"]);
  const needs = spec["type"] === "NodePort" ||
    (spec["type"] === "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] !== false);
  const own = mapsOf(spec["ports"]);
  const old = mapsOf(at(before, "spec", "ports"));
  if (!needs) {
    // Node ports of the former type are removed with it, unless the client asks for others.
    for (const port of own) {
      const had = old.find((p) => p["port"] === port["port"] && p["protocol"] === port["protocol"]);
      if (port["nodePort"] !== undefined && had?.["nodePort"] === port["nodePort"]) delete port["nodePort"];
    }
    return;
  }
  const { ports } = taken(machine, object);
  own.forEach((port, i) => {
    const number = numberOf(port["nodePort"]);
    const field = `spec.ports[${i}].nodePort`;
    if (number === 0) {
      // An update that names no node port keeps the one that the port had.
      const had = old.find((p) => p["port"] === port["port"] && p["protocol"] === port["protocol"]);
      port["nodePort"] = numberOf(had?.["nodePort"]) || freePort(machine, ports);
    } else if (number < PORT_LOW || number > PORT_HIGH) {
      const range = `The range of valid ports is ${PORT_LOW}-${PORT_HIGH}`;
      refuse(object, invalidValue(field, number, `provided port is not in the valid range. ${range}`));
    } else if (ports.has(number) && !own.slice(0, i).some((p) => p["nodePort"] === number)) {
      refuse(object, invalidValue(field, number, "provided port is already allocated"));
    }
    ports.add(numberOf(port["nodePort"]));
  });
}

function checkPortList(spec: Json): FieldError[] {
  const ports = mapsOf(spec["ports"]);
  const headless = spec["clusterIP"] === "None";
  const errors: FieldError[] = [];
  if (ports.length === 0 && !headless && spec["type"] !== "ExternalName") errors.push(required("spec.ports"));
  const names = new Set<string>();
  const seen = new Set<string>();
  ports.forEach((port, i) => {
    const here = `spec.ports[${i}]`;
    const name = textOf(port["name"]);
    if (name === "" && ports.length > 1) errors.push(required(`${here}.name`));
    else if (name !== "") {
      errors.push(...dnsLabel(name).map((message) => invalidValue(`${here}.name`, name, message)));
      if (names.has(name)) {
        errors.push({
          field: `${here}.name`,
          reason: "FieldValueDuplicate",
          message: `Duplicate value: ${JSON.stringify(name)}`,
        });
      }
      names.add(name);
    }
    const number = numberOf(port["port"]);
    errors.push(...portNumber(number).map((message) => invalidValue(`${here}.port`, number, message)));
    const protocol = textOf(port["protocol"]);
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${here}.protocol`, protocol, PROTOCOLS));
    errors.push(...checkPort(port["targetPort"], `${here}.targetPort`));
    if (port["nodePort"] !== undefined && (spec["type"] === "ClusterIP" || spec["type"] === "ExternalName")) {
      errors.push(forbiddenField(`${here}.nodePort`, `may not be used when \`type\` is '${spec["type"]}'`));
    }
  });
  // A second pass: errors about duplicates come after those of all single ports.
  ports.forEach((port, i) => {
    const key = `${port["protocol"]}/${port["port"]}`;
    if (seen.has(key)) {
      const shown = {
        Name: "",
        Protocol: port["protocol"],
        AppProtocol: null,
        Port: port["port"],
        TargetPort: 0,
        NodePort: 0,
      };
      errors.push({
        field: `spec.ports[${i}]`,
        reason: "FieldValueDuplicate",
        message: `Duplicate value: ${JSON.stringify(shown)}`,
      });
    }
    seen.add(key);
  });
  return errors;
}

/** Validates a service. Also called before addresses are given out, so it must not need them. */
function checkService(object: Json): FieldError[] {
  const spec = mapOf(object["spec"]);
  const errors = checkPortList(spec);
  const type = textOf(spec["type"]);
  const address = textOf(spec["clusterIP"]);
  if (type === "ExternalName") {
    const name = textOf(spec["externalName"]);
    if (name === "") errors.push(required("spec.externalName"));
    else errors.push(...dnsSubdomain(name).map((message) => invalidValue("spec.externalName", name, message)));
  }
  if (!TYPES.includes(type)) errors.push(notSupported("spec.type", type, TYPES));
  errors.push(...checkLabels(spec["selector"], "spec.selector"));
  const affinity = textOf(spec["sessionAffinity"]);
  if (!["ClientIP", "None"].includes(affinity)) {
    errors.push(notSupported("spec.sessionAffinity", affinity, ["ClientIP", "None"]));
  }
  if (address !== "" && address !== "None" && !isAddress(address)) {
    errors.push(invalidValue(
      "spec.clusterIPs[0]",
      address,
      "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
    ));
  }
  if (address === "None" && (type === "NodePort" || type === "LoadBalancer")) {
    errors.push(invalidValue("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`));
  }
  return errors;
}

/** Rules of Services. */
const serviceRules: Rules = {
  name: dns1035Label,
  defaults: serviceDefaults,
  prepare(object, machine) {
    object["status"] = { loadBalancer: {} };
    // An invalid service gets no address, or its refusal would use one up.
    if (checkService({ ...object, spec: { ...mapOf(object["spec"]) } }).length > 0) return;
    allocateAddress(object, machine);
    allocatePorts(object, undefined, machine);
  },
  prepareUpdate(object, before, machine) {
    const spec = child(object, "spec");
    const old = mapOf(before["spec"]);
    const changedType = spec["type"] !== old["type"];
    // A client that sends the object back without its addresses keeps them
    // (`patchAllocatedValues`).
    const keeps = spec["type"] !== "ExternalName" && old["type"] !== "ExternalName";
    if (keeps && textOf(spec["clusterIP"]) === "") {
      for (const key of ["clusterIP", "clusterIPs"]) if (old[key] !== undefined) spec[key] = old[key];
    }
    if (keeps) {
      for (const key of ["ipFamilies", "ipFamilyPolicy"]) if (old[key] !== undefined) fill(spec, key, old[key]);
      if (textOf(spec["clusterIP"]) === textOf(old["clusterIP"])) spec["clusterIPs"] = old["clusterIPs"];
      else spec["clusterIPs"] = [spec["clusterIP"]];
    }
    if (changedType && spec["type"] === "ExternalName") {
      for (const key of ["internalTrafficPolicy", "externalTrafficPolicy"]) delete spec[key];
    }
    // The field belongs to the type (`dropTypeDependentFields`).
    if (spec["type"] !== "LoadBalancer") delete spec["allocateLoadBalancerNodePorts"];
    if (checkService(object).length > 0 && !changedType) return;
    if (!keeps) allocateAddress(object, machine);
    allocatePorts(object, before, machine);
  },
  validate: checkService,
  updateFirst: true,
  validateUpdate(object, before) {
    const [spec, old] = [mapOf(object["spec"]), mapOf(before["spec"])];
    const had = textOf(old["clusterIP"]);
    if (had === "" || spec["type"] === "ExternalName" || spec["clusterIP"] === had) return [];
    return [invalidValue("spec.clusterIPs[0]", [textOf(spec["clusterIP"])], "may not change once set")];
  },
};

/** Services. */
export const services: Kind = {
  resource: "/services",
  rules: serviceRules,
  controller: serviceController,
  cells: serviceCells,
  selectable: ["spec.clusterIP", "spec.type"],
  answersDeleted: true,
};
