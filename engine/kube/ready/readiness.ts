/**
 * The readiness check: each file here implements it for one kind.
 *
 * @module
 */
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";

/** Description of what the object is waiting for; empty when it is ready. */
export type Missing = string;

/** Checks the live object. Rejects when it cannot be read. */
export type ReadyCheck = (transport: Transport, info: ResourceInfo, options: KubeCallOptions) => Promise<Missing>;
