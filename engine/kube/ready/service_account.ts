/**
 * ServiceAccounts.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList } from "../../base/mod.ts";
import type { Related } from "./related.ts";
import { type ObjectState, unless } from "./state.ts";

/** Ready when it is there; Kubernetes 1.23 and older also make a token, without which pods do not start. */
export function accountState(account: KubeObject, { makesTokens = false }: Related): ObjectState {
  return unless(makesTokens && asList(account.secrets).length === 0 ? "its token does not exist yet" : "");
}
