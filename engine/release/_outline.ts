/**
 * Outlines: the parts of a release that a list shows.
 *
 * @module
 */
import type { RecordFetchOptions } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** Returns options for fetching records, whole or as outlines. */
export function fetchOptions(env: Environment, { outlines }: { outlines?: boolean | undefined }): RecordFetchOptions {
  return { ...recordOptions(env), detail: outlines === true ? "outline" : "full" };
}
