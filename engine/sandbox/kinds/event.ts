/**
 * Events.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { at, numberOf, textOf } from "../json.ts";
import { type Cells, nameOf, since } from "../tables/format.ts";
import type { Kind } from "./kind.ts";

const eventCells: Cells = (o, c) => {
  // Events of the newer API have an event time and a series, those of the core API a first and a
  // last time.
  const first = textOf(o["firstTimestamp"]) || textOf(o["eventTime"]);
  const last = textOf(at(o, "series", "lastObservedTime")) || textOf(o["lastTimestamp"]) || first;
  const kind = textOf(at(o, "involvedObject", "kind")).toLowerCase();
  const name = textOf(at(o, "involvedObject", "name"));
  const component = textOf(at(o, "source", "component")) || textOf(o["reportingComponent"]);
  const host = textOf(at(o, "source", "host")) || textOf(o["reportingInstance"]);
  return [
    since(last, c),
    textOf(o["type"]),
    textOf(o["reason"]),
    name === "" ? kind : `${kind}/${name}`,
    textOf(at(o, "involvedObject", "fieldPath")),
    host === "" ? component : `${component}, ${host}`,
    textOf(o["message"]).trim(),
    since(first, c),
    numberOf(at(o, "series", "count")) || numberOf(o["count"]) || 1,
    nameOf(o),
  ];
};

/** Events. */
export const events: Kind = {
  resource: "/events",
  cells: eventCells,
  selectable: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
    "regarding.kind",
    "regarding.name",
    "regarding.namespace",
    "regarding.uid",
  ],
};
