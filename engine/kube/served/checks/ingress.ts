import { placesOf } from "../places.ts";
import { at, fieldOf } from "../plain.ts";
import type { Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

const BACKENDS = ["spec.defaultBackend.service.port.name", "spec.rules[*].http.paths[*].backend.service.port.name"];

/**
 * Refuses paths that are not absolute, and port names that consist of digits.
 *
 * Source: Kubernetes 1.34, `pkg/apis/networking/validation/validation.go`.
 */
export function checkIngress(work: Work): void {
  for (const { parent, key, path: place } of placesOf(work, "spec.rules[*].http.paths[*].path")) {
    const path = fieldOf(parent, key) ?? "";
    if (path === "" || String(path).startsWith("/")) continue;
    refuseUnacceptable(work, {
      field: place,
      text: `${place} is ${JSON.stringify(path)}, and a path begins with "/"`,
      hint: "Write the path with a leading / in the chart.",
    });
  }
  for (const { parent, key, path: place } of BACKENDS.flatMap((path) => placesOf(work, path))) {
    const name = at(parent, key);
    if (typeof name !== "string" || !/^\d+$/.test(name)) continue;
    refuseUnacceptable(work, {
      field: place,
      text: `the service port ${JSON.stringify(name)} consists of digits, but a name must contain a letter`,
      hint: "Write the port as a number, without quotes, in the chart.",
    });
  }
}
