/**
 * The row of a Service.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { at, type Json, listOf, mapsOf, numberOf, textOf } from "../json.ts";
import { age, balancer, labelText, nameOf, type RowContext } from "../tables/format.ts";

/**
 * Returns the addresses from outside (`getServiceExternalIP`). A load balancer without address is
 * pending, any other service has none.
 */
function externalAddress(object: Json): string {
  const extra = listOf(at(object, "spec", "externalIPs")).map(textOf);
  switch (at(object, "spec", "type")) {
    case "ExternalName":
      return textOf(at(object, "spec", "externalName"));
    case "LoadBalancer": {
      const all = [...balancer(object).split(",").filter((text) => text !== ""), ...extra];
      return all.length > 0 ? all.join(",") : "<pending>";
    }
    default:
      return extra.length > 0 ? extra.join(",") : "<none>";
  }
}

/** The cells of a Service's row. */
export function serviceCells(o: Json, c: RowContext): unknown[] {
  const ports = mapsOf(at(o, "spec", "ports")).map((port) => {
    const node = numberOf(port["nodePort"]);
    return node > 0 ? `${port["port"]}:${node}/${port["protocol"]}` : `${port["port"]}/${port["protocol"]}`;
  });
  return [
    nameOf(o),
    textOf(at(o, "spec", "type")),
    textOf(listOf(at(o, "spec", "clusterIPs"))[0]) || "<none>",
    externalAddress(o),
    ports.join(",") || "<none>",
    age(o, c),
    labelText(at(o, "spec", "selector")),
  ];
}
