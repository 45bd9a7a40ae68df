/**
 * The checks of an examination, in the order of their ids: one line each.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { pendingInstall } from "./pending_install.ts";
import { pendingUpgrade } from "./pending_upgrade.ts";

/** All checks. */
export const CHECKS: readonly DoctorCheck[] = [
  pendingInstall,
  pendingUpgrade,
];
