/**
 * The checks of an examination, in the order of their ids: one line each.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { failedUpgrade } from "./failed_upgrade.ts";
import { helm3Owner } from "./helm3_owner.ts";
import { historyGaps } from "./history_gaps.ts";
import { incompleteRecord } from "./incomplete_record.ts";
import { interruptedDelete } from "./interrupted_delete.ts";
import { largeRecord } from "./large_record.ts";
import { manyRevisions } from "./many_revisions.ts";
import { deployedPruned, neverDeployed, onlySuperseded } from "./nothing_deployed.ts";
import { oddNames } from "./odd_names.ts";
import { otherLabels, unlabelledRecords } from "./other_labels.ts";
import { pendingInstall } from "./pending_install.ts";
import { pendingUpgrade } from "./pending_upgrade.ts";
import { recordsElsewhere } from "./records_elsewhere.ts";
import { severalDeployed } from "./several_deployed.ts";
import { sqlBookkeeping } from "./sql_bookkeeping.ts";
import { statusLabel } from "./status_label.ts";
import { twoNamespaces } from "./two_namespaces.ts";
import { twoStorages } from "./two_storages.ts";
import { undecodable } from "./undecodable.ts";

/** All checks. */
export const CHECKS: readonly DoctorCheck[] = [
  pendingInstall, // R1
  pendingUpgrade, // R2
  interruptedDelete, // R3
  severalDeployed, // R4
  neverDeployed, // R5
  deployedPruned, // R6
  failedUpgrade, // R7
  onlySuperseded, // R8
  undecodable, // R9
  statusLabel, // R10
  otherLabels, // R11
  unlabelledRecords, // R11
  historyGaps, // R12
  incompleteRecord, // R13
  largeRecord, // R14
  manyRevisions, // R15
  twoStorages, // R16
  twoNamespaces, // R17
  recordsElsewhere, // R18
  oddNames, // R19
  helm3Owner, // R20
  sqlBookkeeping, // R21
];
