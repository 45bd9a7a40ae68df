/**
 * LimitRanges and ResourceQuotas. Neither limits anything here.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`.
 *
 * @module
 */
import { limitRangeDefaults } from "../../kube/defaults/mod.ts";
import { at, mapOf, textOf } from "../json.ts";
import { age, type Cells, createdCells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of LimitRanges: defaults follow from the maximum. */
const limitRangeRules: Rules = {
  defaults: limitRangeDefaults,
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
