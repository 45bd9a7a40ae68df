/**
 * What hangs below an object: scale, log, eviction, binding and the like, and
 * the reviews, which are answered and not kept.
 *
 * @module
 */
import type { Call } from "./call.ts";
import type { Schema } from "./schema.ts";
import { noSuchResource } from "./status.ts";

/** True for resources whose objects are answered and not kept. */
export function isFreeSubresource(_storage: string): boolean {
  return false;
}

/** Answers a request for a subresource. */
export function serveSubresource(_call: Call, _schema: Schema): Promise<Response> {
  throw noSuchResource();
}
