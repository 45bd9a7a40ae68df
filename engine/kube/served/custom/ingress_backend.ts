import { mapsAt } from "../places.ts";
import { fieldOf, isMap, type JsonMap, shapeOf } from "../plain.ts";
import { type Work, wrongShape } from "../work.ts";

/**
 * Turns `{serviceName, servicePort}` into `{service: {name, port}}`; `resource` stays.
 *
 * A port that is a number becomes `number`; one that is a string becomes `name`, even a string of digits.
 *
 * Source: Kubernetes, `pkg/apis/networking/v1beta1/conversion.go`.
 */
export function ingressBackend(work: Work, path: string): void {
  for (const { map, path: place } of mapsAt(work, path)) {
    const name = fieldOf(map, "serviceName"), port = fieldOf(map, "servicePort");
    if (name !== undefined && typeof name !== "string") {
      throw wrongShape(work.object, work.from, `${place}.serviceName`, shapeOf(name), "text");
    }
    if (isMap(port) || Array.isArray(port) || typeof port === "boolean") {
      throw wrongShape(work.object, work.from, `${place}.servicePort`, shapeOf(port), "a number or a name");
    }
    if (!Object.hasOwn(map, "serviceName") && !Object.hasOwn(map, "servicePort")) continue;
    delete map.serviceName;
    delete map.servicePort;
    const service = serviceOf(name, port);
    if (service === undefined) continue;
    map.service = service;
    work.changes.push(`${place}: serviceName and servicePort become service`);
  }
}

function serviceOf(name: string | undefined, port: unknown): JsonMap | undefined {
  const hasPort = typeof port === "string" || port !== undefined && Number(port) !== 0;
  if (!name && !hasPort) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(hasPort ? { port: typeof port === "string" ? { name: port } : { number: port } } : {}),
  };
}
