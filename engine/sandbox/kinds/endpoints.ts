/**
 * Endpoints and EndpointSlices.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go` and `pkg/apis/discovery/v1/defaults.go`.
 *
 * @module
 */
import { endpointsDefaults, endpointSliceDefaults } from "../../kube/defaults/mod.ts";
import { listOf, mapsOf, textOf } from "../json.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of Endpoints. */
const endpointsRules: Rules = {
  defaults: endpointsDefaults,
};

/** Rules of EndpointSlices. */
const endpointSliceRules: Rules = {
  generation: true,
  defaults: endpointSliceDefaults,
};

const endpointsCells: Cells = (o, c) => {
  const all = mapsOf(o["subsets"]).flatMap((subset) => {
    const addresses = mapsOf(subset["addresses"]).map((address) => textOf(address["ip"]));
    const ports = mapsOf(subset["ports"]);
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((address) => `${address}:${port["port"]}`));
  });
  const shown = all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",");
  return [nameOf(o), mapsOf(o["subsets"]).length === 0 ? "<none>" : shown, age(o, c)];
};

const endpointSliceCells: Cells = (o, c) => {
  const some = (list: string[]): string =>
    list.length === 0
      ? "<unset>"
      : list.length > 3
      ? `${list.slice(0, 3).join(",")} + ${list.length - 3} more...`
      : list.join(",");
  const ports = mapsOf(o["ports"]).map((port) => String(port["port"] ?? "*"));
  const addresses = mapsOf(o["endpoints"]).flatMap((endpoint) => listOf(endpoint["addresses"]).map(textOf));
  return [nameOf(o), textOf(o["addressType"]), some(ports), some(addresses), age(o, c)];
};

/** Endpoints. */
export const endpoints: Kind = { resource: "/endpoints", rules: endpointsRules, cells: endpointsCells };

/** EndpointSlices. */
export const endpointSlices: Kind = {
  resource: "discovery.k8s.io/endpointslices",
  rules: endpointSliceRules,
  cells: endpointSliceCells,
};
