import { mapsAt } from "../places.ts";
import { fieldOf } from "../plain.ts";
import { groupOf } from "../table.ts";
import type { Work } from "../work.ts";

const RBAC = "rbac.authorization.k8s.io";

/**
 * Turns a subject's `apiVersion` into `apiGroup`, and the user `*` into the group of all authenticated users.
 *
 * Source: Kubernetes, `pkg/apis/rbac/v1alpha1/conversion.go`.
 */
export function rbacSubjects(work: Work, path: string): void {
  for (const { map, path: place } of mapsAt(work, path)) {
    const { kind, name } = map;
    const isRbac = kind === "User" || kind === "Group";
    if (Object.hasOwn(map, "apiVersion")) {
      const group = isRbac ? RBAC : kind === "ServiceAccount" ? "" : groupOf(String(fieldOf(map, "apiVersion") ?? ""));
      delete map.apiVersion;
      if (group !== "") map.apiGroup = group;
      work.changes.push(`${place}.apiVersion becomes apiGroup`);
    }
    if (kind === "User" && name === "*") {
      map.kind = "Group";
      map.name = "system:authenticated";
      work.changes.push(`${place}: user * becomes group system:authenticated`);
    }
  }
}
