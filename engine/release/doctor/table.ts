/**
 * The checks of an examination, in the order of their ids: one line each.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { brokenApis } from "./broken_apis.ts";
import { brokenWebhooks } from "./broken_webhooks.ts";
import { crdDocuments } from "./crd_documents.ts";
import { crdHooks } from "./crd_hooks.ts";
import { drift } from "./drift.ts";
import { failedUpgrade } from "./failed_upgrade.ts";
import { goneApis } from "./gone_apis.ts";
import { helm3Owner } from "./helm3_owner.ts";
import { historyGaps } from "./history_gaps.ts";
import { hookLeftovers } from "./hook_leftovers.ts";
import { immutableFields } from "./immutable_fields.ts";
import { incompleteRecord } from "./incomplete_record.ts";
import { interruptedDelete } from "./interrupted_delete.ts";
import { keptObjects } from "./kept_objects.ts";
import { largeRecord } from "./large_record.ts";
import { leftByFailed } from "./left_by_failed.ts";
import { manyRevisions } from "./many_revisions.ts";
import { migrated } from "./migrated.ts";
import { missingObjects } from "./missing_objects.ts";
import { namespaceGone } from "./namespace_gone.ts";
import { deployedPruned, neverDeployed, onlySuperseded } from "./nothing_deployed.ts";
import { oddNames } from "./odd_names.ts";
import { deletedOrphans, purgedOrphans } from "./orphans.ts";
import { otherLabels, unlabelledRecords } from "./other_labels.ts";
import { pendingInstall } from "./pending_install.ts";
import { pendingUpgrade } from "./pending_upgrade.ts";
import { quotas } from "./quotas.ts";
import { recordsElsewhere } from "./records_elsewhere.ts";
import { rights } from "./rights.ts";
import { severalDeployed } from "./several_deployed.ts";
import { sharedObjects, sharedWithOthers } from "./shared_objects.ts";
import { sqlBookkeeping } from "./sql_bookkeeping.ts";
import { statusLabel } from "./status_label.ts";
import { stuckDeletions } from "./stuck_deletions.ts";
import { tillerBroken } from "./tiller_broken.ts";
import { tillerLeftovers } from "./tiller_leftovers.ts";
import { tillersRunning } from "./tillers_running.ts";
import { twoNamespaces } from "./two_namespaces.ts";
import { twoStorages } from "./two_storages.ts";
import { quarantined, undecodable } from "./undecodable.ts";

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
  quarantined, // R9
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
  migrated, // R22
  missingObjects, // O1
  drift, // O2
  sharedObjects, // O3
  sharedWithOthers, // O3
  leftByFailed, // O4
  deletedOrphans, // O5
  purgedOrphans, // O5
  keptObjects, // O6
  hookLeftovers, // O7
  goneApis, // O8
  namespaceGone, // O9
  crdDocuments, // O10
  crdHooks, // O11
  immutableFields, // O12
  stuckDeletions, // O13
  tillersRunning, // C1
  tillerLeftovers, // C2
  tillerBroken, // C3
  rights, // C4
  quotas, // C5
  brokenApis, // C6
  brokenWebhooks, // C6
];
