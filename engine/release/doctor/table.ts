/**
 * The checks of an examination, in the order of their ids: one line each.
 *
 * @module
 */
import type { Check } from "./examination.ts";
import { pendingInstall } from "./pending_install.ts";
import { pendingUpgrade } from "./pending_upgrade.ts";

/** All checks. */
export const CHECKS: readonly Check[] = [
  pendingInstall,
  pendingUpgrade,
];
