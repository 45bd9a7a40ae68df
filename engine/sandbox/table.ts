/**
 * The server's tables, as `kubectl get` shows them.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import type { Call } from "./call.ts";
import type { Json } from "./json.ts";
import type { Form } from "./negotiate.ts";
import type { Column } from "./registry.ts";

/** The table of objects that are in the call's version. */
export function tableOf(call: Call, form: Form, objects: readonly KubeObject[], metadata: Json): Json {
  const columns: readonly Column[] = call.resource.columns;
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata,
    columnDefinitions: columns.map(([name, type, format, priority]) => ({
      name,
      type,
      format,
      description: "",
      priority,
    })),
    rows: objects.map((object) => ({ cells: [object.metadata?.name], object })),
  };
}
