/**
 * OpenAPI documents, as far as clients need them.
 *
 * @module
 */
import type { KubeRequest } from "../kube/mod.ts";
import { answer } from "./call.ts";
import type { Registry } from "./registry.ts";

/** Answers `/openapi/v2` and `/openapi/v3`. */
export function serveOpenApi(_registry: Registry, _request: KubeRequest, _path: string): Promise<Response> {
  return Promise.resolve(answer(404, {}));
}
