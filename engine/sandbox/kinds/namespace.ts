/**
 * Namespaces.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/registry/core/namespace/strategy.go`.
 *
 * @module
 */
import { namespaceDefaults } from "../../kube/defaults/mod.ts";
import { namespaceController } from "../controllers/namespace.ts";
import { at, child, listOf, textOf } from "../json.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import { dnsLabel } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of Namespaces. */
const namespaceRules: Rules = {
  name: dnsLabel,
  defaults: namespaceDefaults,
  prepare(object) {
    const meta = child(object, "metadata");
    // Once more: a generated name is known only now.
    child(meta, "labels")["kubernetes.io/metadata.name"] = textOf(meta["name"]);
    const spec = child(object, "spec");
    // This finalizer keeps the namespace until its contents are deleted.
    const finalizers = listOf(spec["finalizers"]);
    spec["finalizers"] = finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"];
    object["status"] = { phase: "Active" };
  },
  prepareUpdate(object, before) {
    // Finalizers change only through the subresource `finalize`.
    object["spec"] = before["spec"];
  },
};

const namespaceCells: Cells = (o, c) => [nameOf(o), textOf(at(o, "status", "phase")), age(o, c)];

/** Namespaces. */
export const namespaces: Kind = {
  resource: "/namespaces",
  rules: namespaceRules,
  controller: namespaceController,
  cells: namespaceCells,
  selectable: ["status.phase"],
};
