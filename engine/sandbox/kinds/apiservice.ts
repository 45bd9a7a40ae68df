/**
 * APIServices.
 *
 * Source of the rules and their words: Kubernetes 1.34, `kube-aggregator/pkg/apis/apiregistration`.
 *
 * @module
 */
import { apiServiceDefaults } from "../../kube/defaults/mod.ts";
import { onePath } from "../fields/set.ts";
import { at, textOf } from "../json.ts";
import { age, type Cells, hasCondition, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of APIServices. */
const apiServiceRules: Rules = {
  needsVersion: true,
  defaults: apiServiceDefaults,
};

const apiServiceCells: Cells = (o, c) => {
  const service = at(o, "spec", "service");
  const where = service === undefined ? "Local" : `${textOf(at(service, "namespace"))}/${textOf(at(service, "name"))}`;
  return [nameOf(o), where, hasCondition(o, "Available") ? "True" : "Unknown", age(o, c)];
};

/** APIServices. */
export const apiServices: Kind = {
  resource: "apiregistration.k8s.io/apiservices",
  rules: apiServiceRules,
  cells: apiServiceCells,
  statusKeeps: onePath("f:metadata"),
};
