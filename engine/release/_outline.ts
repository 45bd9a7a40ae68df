/**
 * What a list shows of a release.
 *
 * @module
 */
import type { FetchOptions } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** Options for fetching records of which only outlines may be wanted. */
export function fetchOptions(env: Environment, { outlines }: { outlines?: boolean | undefined }): FetchOptions {
  return { ...recordOptions(env), detail: outlines === true ? "outline" : "full" };
}
