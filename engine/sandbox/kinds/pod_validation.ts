/**
 * Validates pods and pod templates.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go`.
 * Checks run in the order of the source, because the order shows in the message.
 *
 * @module
 */
import { VOLUME_SOURCES } from "../../kube/defaults/mod.ts";
import { at, type Json, listOf, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notFoundField,
  notSupported,
  required,
} from "../status.ts";
import { checkLabels } from "../validation/meta.ts";
import { dnsLabel, dnsSubdomain, portName, portNumber, qualifiedName, variableName } from "../validation/names.ts";
import { compareQuantities } from "../../base/mod.ts";

/** Protocols of ports; sorted, because the server prints a set. */
export const PROTOCOLS = ["SCTP", "TCP", "UDP"];

/** Checks a name that is required and must be a DNS label. */
function labelName(name: string, field: string): FieldError[] {
  if (name === "") return [required(field)];
  return dnsLabel(name).map((message) => invalidValue(field, name, message));
}

/** Refuses a number below zero; an absent value passes. */
export function notNegative(value: unknown, field: string): FieldError[] {
  if (typeof value !== "number" || value >= 0) return [];
  return [invalidValue(field, value, "must be greater than or equal to 0")];
}

/** Checks a port that is given by number or by name. */
export function checkPort(port: unknown, field: string): FieldError[] {
  if (typeof port === "number") return portNumber(port).map((message) => invalidValue(field, port, message));
  return portName(textOf(port)).map((message) => invalidValue(field, port ?? "", message));
}

/** Checks a container's ports. A name counts as used only within one container. */
function checkPorts(ports: unknown, field: string): FieldError[] {
  const names = new Set<string>();
  return mapsOf(ports).flatMap((port, i) => {
    const errors: FieldError[] = [];
    const here = `${field}[${i}]`;
    const name = textOf(port["name"]);
    if (name !== "") {
      const wrong = portName(name);
      errors.push(...wrong.map((message) => invalidValue(`${here}.name`, name, message)));
      if (wrong.length === 0 && names.has(name)) errors.push(duplicate(`${here}.name`, name));
      names.add(name);
    }
    const number = numberOf(port["containerPort"]);
    if (number === 0) errors.push(required(`${here}.containerPort`));
    else errors.push(...portNumber(number).map((message) => invalidValue(`${here}.containerPort`, number, message)));
    const host = numberOf(port["hostPort"]);
    if (host !== 0) {
      errors.push(...portNumber(host).map((message) => invalidValue(`${here}.hostPort`, host, message)));
    }
    const protocol = textOf(port["protocol"]);
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${here}.protocol`, protocol, PROTOCOLS));
    return errors;
  });
}

const ENV_SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/** Checks an environment variable. An empty value counts as absent, so it may stand beside a source. */
function checkVariable(variable: Json, field: string): FieldError[] {
  const name = textOf(variable["name"]);
  const errors = name === ""
    ? [required(`${field}.name`)]
    : variableName(name).map((message) => invalidValue(`${field}.name`, name, message));
  const from = variable["valueFrom"];
  if (from === undefined) return errors;
  const sources = ENV_SOURCES.filter((source) => at(from, source) !== undefined);
  const here = `${field}.valueFrom`;
  if (sources.length === 0) {
    errors.push(invalidValue(
      here,
      "",
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
    ));
  }
  if (sources.length > 0 && textOf(variable["value"]) !== "") {
    errors.push(invalidValue(here, "", "may not be specified when `value` is not empty"));
  }
  if (sources.length > 1) errors.push(invalidValue(here, "", "may not have more than one field specified at a time"));
  for (const source of ["configMapKeyRef", "secretKeyRef"]) {
    const reference = at(from, source);
    if (reference !== undefined && textOf(at(reference, "key")) === "") errors.push(required(`${here}.${source}.key`));
  }
  return errors;
}

function checkMounts(container: Json, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const paths = new Set<string>();
  return mapsOf(container["volumeMounts"]).flatMap((mount, i) => {
    const here = `${field}[${i}]`;
    const [name, path] = [textOf(mount["name"]), textOf(mount["mountPath"])];
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${here}.name`));
    // A missing name is reported as not found as well.
    if (!volumes.has(name)) errors.push(notFoundField(`${here}.name`, name));
    if (path === "") errors.push(required(`${here}.mountPath`));
    if (paths.has(path)) errors.push(invalidValue(`${here}.mountPath`, path, "must be unique"));
    paths.add(path);
    return errors;
  });
}

/** Checks the names of requests and limits, and that no request exceeds its limit. */
function checkResources(resources: unknown, field: string): FieldError[] {
  const limits = mapOf(at(resources, "limits"));
  const requests = mapOf(at(resources, "requests"));
  const errors: FieldError[] = [];
  const checkName = (name: string, list: string): FieldError[] => {
    const wrong = qualifiedName(name).map((message) => invalidValue(`${field}.${list}[${name}]`, name, message));
    const own = ["cpu", "memory", "ephemeral-storage"].includes(name) || name.startsWith("hugepages-");
    if (wrong.length > 0 || own || name.includes("/")) return wrong;
    return [
      // Two checks of the server fail for such a name, and both report it.
      invalidValue(`${field}.${list}[${name}]`, name, "must be a standard resource type or fully qualified"),
      invalidValue(`${field}.${list}[${name}]`, name, "must be a standard resource for containers"),
    ];
  };
  for (const name of Object.keys(limits).sort()) errors.push(...checkName(name, "limits"));
  for (const name of Object.keys(requests).sort()) {
    errors.push(...checkName(name, "requests"));
    const limit = limits[name];
    if (limit === undefined || compareQuantities(textOf(requests[name]), textOf(limit)) <= 0) continue;
    errors.push(invalidValue(
      `${field}.requests`,
      requests[name],
      `must be less than or equal to ${name} limit of ${textOf(limit)}`,
    ));
  }
  return errors;
}

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

function checkHandler(handler: Json, field: string): FieldError[] {
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  const errors: FieldError[] = [];
  // The first handler in the order of the list counts; each further one is reported.
  const [first] = given;
  for (const other of given.slice(1)) {
    errors.push(forbiddenField(`${field}.${other}`, "may not specify more than 1 handler type"));
  }
  const own = mapOf(handler[first ?? ""]);
  if (first === undefined) errors.push(required(field, "must specify a handler type"));
  if (first === "exec" && listOf(own["command"]).length === 0) errors.push(required(`${field}.exec.command`));
  if (first === "httpGet") {
    if (textOf(own["path"]) === "") errors.push(required(`${field}.httpGet.path`));
    errors.push(...checkPort(own["port"], `${field}.httpGet.port`));
    if (!["HTTP", "HTTPS"].includes(textOf(own["scheme"]))) {
      errors.push(notSupported(`${field}.httpGet.scheme`, own["scheme"], ["HTTP", "HTTPS"]));
    }
  }
  if (first === "tcpSocket") errors.push(...checkPort(own["port"], `${field}.tcpSocket.port`));
  return errors;
}

function checkProbe(probe: unknown, field: string, onlyOnce: boolean): FieldError[] {
  if (probe === undefined) return [];
  const own = mapOf(probe);
  const errors = checkHandler(own, field);
  const counts = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];
  for (const count of counts) errors.push(...notNegative(own[count], `${field}.${count}`));
  // For liveness and start-up one success is all there is to wait for.
  if (onlyOnce && own["successThreshold"] !== 1) {
    errors.push(invalidValue(`${field}.successThreshold`, numberOf(own["successThreshold"]), "must be 1"));
  }
  return errors;
}

const PULL = ["Always", "IfNotPresent", "Never"];

/** Checks all that containers and init containers have in common. */
function checkContainer(container: Json, field: string, volumes: ReadonlySet<string>): FieldError[] {
  const errors = labelName(textOf(container["name"]), `${field}.name`);
  const image = textOf(container["image"]);
  if (image === "") errors.push(required(`${field}.image`));
  const message = textOf(container["terminationMessagePolicy"]);
  if (!["File", "FallbackToLogsOnError"].includes(message)) {
    errors.push(notSupported(`${field}.terminationMessagePolicy`, message, ["File", "FallbackToLogsOnError"]));
  }
  errors.push(...checkPorts(container["ports"], `${field}.ports`));
  mapsOf(container["env"]).forEach((variable, i) => errors.push(...checkVariable(variable, `${field}.env[${i}]`)));
  mapsOf(container["envFrom"]).forEach((source, i) => {
    for (const kind of ["configMapRef", "secretRef"]) {
      const reference = source[kind];
      if (reference !== undefined && textOf(at(reference, "name")) === "") {
        errors.push(required(`${field}.envFrom[${i}].${kind}.name`));
      }
    }
  });
  errors.push(...checkMounts(container, volumes, `${field}.volumeMounts`));
  const pull = textOf(container["imagePullPolicy"]);
  if (!PULL.includes(pull)) errors.push(notSupported(`${field}.imagePullPolicy`, pull, PULL));
  return [...errors, ...checkResources(container["resources"], `${field}.resources`)];
}

function checkContainers(spec: Json, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const list = mapsOf(spec["containers"]);
  if (list.length === 0) return [required(`${field}.containers`)];
  const names = new Set<string>();
  return list.flatMap((container, i) => {
    const here = `${field}.containers[${i}]`;
    const errors = checkContainer(container, here, volumes);
    const name = textOf(container["name"]);
    if (names.has(name)) errors.push(duplicate(`${here}.name`, name));
    names.add(name);
    for (const hook of ["postStart", "preStop"]) {
      const handler = at(container, "lifecycle", hook);
      if (handler !== undefined) errors.push(...checkHandler(mapOf(handler), `${here}.lifecycle.${hook}`));
    }
    errors.push(...checkProbe(container["livenessProbe"], `${here}.livenessProbe`, true));
    errors.push(...checkProbe(container["readinessProbe"], `${here}.readinessProbe`, false));
    errors.push(...checkProbe(container["startupProbe"], `${here}.startupProbe`, true));
    return errors;
  });
}

function checkInitContainers(spec: Json, volumes: ReadonlySet<string>, field: string): FieldError[] {
  // Init containers and containers share their names.
  const names = new Set(mapsOf(spec["containers"]).map((container) => textOf(container["name"])));
  return mapsOf(spec["initContainers"]).flatMap((container, i) => {
    const here = `${field}.initContainers[${i}]`;
    const errors = checkContainer(container, here, volumes);
    const name = textOf(container["name"]);
    if (names.has(name)) errors.push(duplicate(`${here}.name`, name));
    names.add(name);
    // Only an init container that keeps running, a sidecar, can be probed.
    const restarts = container["restartPolicy"] === "Always";
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
      if (container[probe] !== undefined && !restarts) {
        errors.push(
          forbiddenField(`${here}.${probe}`, "may not be set for init containers without restartPolicy=Always"),
        );
      }
    }
    return errors;
  });
}

function checkNfs(source: Json, field: string): FieldError[] {
  const path = textOf(source["path"]);
  return [
    ...textOf(source["server"]) === "" ? [required(`${field}.server`)] : [],
    ...path === "" ? [required(`${field}.path`)] : [],
    ...path.startsWith("/") ? [] : [invalidValue(`${field}.path`, path, "must be an absolute path")],
  ];
}

/** Checks ports of pods on the node's network, where a container's port is the node's. 0 is filled in later. */
function checkHostNetwork(spec: Json, field: string): FieldError[] {
  if (spec["hostNetwork"] !== true) return [];
  return mapsOf(spec["containers"]).flatMap((container, i) =>
    mapsOf(container["ports"]).flatMap((port, j) => {
      const host = numberOf(port["hostPort"]) ?? 0;
      if (host === 0 || host === numberOf(port["containerPort"])) return [];
      const here = `${field}.containers[${i}].ports[${j}].hostPort`;
      return [invalidValue(here, host, "must match `containerPort` when `hostNetwork` is true")];
    })
  );
}

function checkVolumes(spec: Json, field: string): { errors: FieldError[]; names: Set<string> } {
  const names = new Set<string>();
  const errors = mapsOf(spec["volumes"]).flatMap((volume, i) => {
    const here = `${field}.volumes[${i}]`;
    const found: FieldError[] = [];
    const sources = VOLUME_SOURCES.filter((source) => volume[source] !== undefined);
    if (sources.length === 0) found.push(required(here, "must specify a volume type"));
    for (const source of sources.slice(1)) {
      found.push(forbiddenField(`${here}.${source}`, "may not specify more than 1 volume type"));
    }
    if (sources[0] === "configMap" && textOf(at(volume, "configMap", "name")) === "") {
      found.push(required(`${here}.configMap.name`));
    }
    if (sources[0] === "secret" && textOf(at(volume, "secret", "secretName")) === "") {
      found.push(required(`${here}.secret.secretName`));
    }
    if (sources[0] === "hostPath" && textOf(at(volume, "hostPath", "path")) === "") {
      found.push(required(`${here}.hostPath.path`));
    }
    if (sources[0] === "nfs") found.push(...checkNfs(mapOf(volume["nfs"]), `${here}.nfs`));
    if (sources[0] === "persistentVolumeClaim" && textOf(at(volume, "persistentVolumeClaim", "claimName")) === "") {
      found.push(required(`${here}.persistentVolumeClaim.claimName`));
    }
    const name = textOf(volume["name"]);
    found.push(...labelName(name, `${here}.name`));
    if (names.has(name)) found.push(duplicate(`${here}.name`, name));
    // A volume with errors is unknown to mounts, so these are reported too, as the server does.
    if (found.length === 0) names.add(name);
    return found;
  });
  return { errors, names };
}

const RESTART = ["Always", "OnFailure", "Never"];
const DNS = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

/** Validates a pod's spec under `field`. */
export function checkPodSpec(spec: Json, field: string): FieldError[] {
  const volumes = checkVolumes(spec, field);
  const errors = [
    ...volumes.errors,
    ...checkContainers(spec, volumes.names, field),
    ...checkInitContainers(spec, volumes.names, field),
    ...checkHostNetwork(spec, field),
  ];
  const restart = textOf(spec["restartPolicy"]);
  if (!RESTART.includes(restart)) errors.push(notSupported(`${field}.restartPolicy`, restart, RESTART));
  const dns = textOf(spec["dnsPolicy"]);
  if (!DNS.includes(dns)) errors.push(notSupported(`${field}.dnsPolicy`, dns, DNS));
  errors.push(...checkLabels(spec["nodeSelector"], `${field}.nodeSelector`));
  mapsOf(spec["imagePullSecrets"]).forEach((secret, i) => {
    if (textOf(secret["name"]) === "") errors.push(required(`${field}.imagePullSecrets[${i}].name`));
  });
  // Names that are optional; each has its own form.
  const names: [string, (text: string) => string[]][] = [
    ["serviceAccountName", dnsSubdomain],
    ["nodeName", dnsSubdomain],
    ["hostname", dnsLabel],
    ["subdomain", dnsLabel],
    ["priorityClassName", dnsSubdomain],
  ];
  for (const [key, test] of names) {
    const value = textOf(spec[key]);
    if (value !== "") errors.push(...test(value).map((message) => invalidValue(`${field}.${key}`, value, message)));
  }
  errors.push(...notNegative(spec["terminationGracePeriodSeconds"], `${field}.terminationGracePeriodSeconds`));
  return errors;
}

/** Checks that apply to pods and not to templates. */
export function checkPodOnly(spec: Json, field: string): FieldError[] {
  return ["containers", "initContainers"].flatMap((list) =>
    mapsOf(spec[list]).flatMap((container, i) => {
      const image = textOf(container["image"]);
      if (image.trim() === image) return [];
      const where = `${field}.${list}[${i}].image`;
      return [invalidValue(where, image, "must not have leading or trailing whitespace")];
    })
  );
}

/** Validates a pod template under `field`. */
export function checkTemplate(template: unknown, field: string): FieldError[] {
  return [
    // The path lacks `metadata`, in `ValidatePodTemplateSpec` too.
    ...checkLabels(at(template, "metadata", "labels"), `${field}.labels`),
    ...checkPodSpec(mapOf(at(template, "spec")), `${field}.spec`),
  ];
}
