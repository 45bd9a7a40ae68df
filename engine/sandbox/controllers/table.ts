/**
 * The table of controllers. To add a kind's controller, add it here.
 *
 * @module
 */
import type { Controller } from "../machine.ts";
import { budgetController, scalerController } from "./budget.ts";
import { claimController } from "./claim.ts";
import { daemonSetController } from "./daemonset.ts";
import { definitionController } from "./definition.ts";
import { deploymentController } from "./deployment.ts";
import { garbageController } from "./garbage.ts";
import { jobController } from "./job.ts";
import { namespaceController } from "./namespace.ts";
import { podController } from "./pod.ts";
import { replicaSetController, replicationController } from "./replicaset.ts";
import { serviceController } from "./service.ts";
import { statefulSetController } from "./statefulset.ts";

/** All controllers. The order decides which of two tasks that fall due together runs first. */
export const CONTROLLERS: readonly Controller[] = [
  namespaceController,
  definitionController,
  garbageController,
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  claimController,
  podController,
  serviceController,
  budgetController,
  scalerController,
];
