import { mapsAt } from "../places.ts";
import { fieldOf, isMap, shapeOf } from "../plain.ts";
import { type Work, wrongShape } from "../work.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";

/**
 * Moves the zone from `topology` to the field `zone`; the rest becomes `deprecatedTopology`.
 *
 * Source: Kubernetes, `pkg/apis/discovery/v1beta1/conversion.go`.
 */
export function endpointTopology(work: Work, path: string): void {
  for (const { map, path: place } of mapsAt(work, path)) {
    const topology = fieldOf(map, "topology");
    if (topology === undefined) continue;
    if (!isMap(topology)) throw wrongShape(work.object, work.from, `${place}.topology`, shapeOf(topology), "a map");
    delete map.topology;
    if (Object.hasOwn(topology, ZONE)) map.zone = topology[ZONE];
    delete topology[ZONE];
    if (Object.hasOwn(topology, HOSTNAME) && topology[HOSTNAME] === map.nodeName) delete topology[HOSTNAME];
    if (Object.keys(topology).length > 0) map.deprecatedTopology = topology;
    work.changes.push(`${place}.topology becomes zone and deprecatedTopology`);
  }
}
