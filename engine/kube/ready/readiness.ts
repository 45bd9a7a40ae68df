/**
 * The question every file here answers for one kind: is it ready?
 *
 * @module
 */
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";

/** In words, what the object is waiting for; empty when it is ready. */
export type Missing = string;

/** Looks at the live object. Rejects when it cannot be read. */
export type ReadyCheck = (transport: Transport, info: ResourceInfo, options: KubeCallOptions) => Promise<Missing>;
