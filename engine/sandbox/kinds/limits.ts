/**
 * LimitRanges and ResourceQuotas. Neither limits anything here.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`.
 *
 * @module
 */
import { at, mapOf, mapsOf, textOf } from "../json.ts";
import { age, type Cells, createdCells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of LimitRanges: defaults follow from the maximum. */
const limitRangeRules: Rules = {
  defaults(object) {
    for (const limit of mapsOf(at(object, "spec", "limits"))) {
      if (limit["type"] !== "Container") continue;
      const [max, standard] = [mapOf(limit["max"]), mapOf(limit["default"])];
      const defaults = { ...max, ...standard };
      if (Object.keys(defaults).length > 0) limit["default"] = defaults;
      // Kubernetes: a limit goes before the minimum (`pkg/apis/core/v1/defaults.go`, SetDefaults_LimitRangeItem).
      const requests = { ...mapOf(limit["min"]), ...defaults, ...mapOf(limit["defaultRequest"]) };
      if (Object.keys(requests).length > 0) limit["defaultRequest"] = requests;
    }
  },
};

const quotaCells: Cells = (o, c) => {
  const [hard, used] = [mapOf(at(o, "status", "hard")), mapOf(at(o, "status", "used"))];
  const text = (limits: boolean): string =>
    Object.keys(hard).sort().filter((key) => /^limits\./.test(key) === limits)
      .map((key) => `${key}: ${textOf(used[key]) || "0"}/${textOf(hard[key])}`).join(", ");
  return [nameOf(o), text(false), text(true), age(o, c)];
};

/** LimitRanges. */
export const limitRanges: Kind = { resource: "/limitranges", rules: limitRangeRules, cells: createdCells };

/** ResourceQuotas. */
export const resourceQuotas: Kind = { resource: "/resourcequotas", cells: quotaCells, answersDeleted: true };
