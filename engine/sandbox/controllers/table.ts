/**
 * All controllers.
 *
 * @module
 */
import type { Controller } from "../machine.ts";
import { deploymentController } from "./deployment.ts";
import { garbageController } from "./garbage.ts";
import { jobController } from "./job.ts";
import { namespaceController } from "./namespace.ts";
import { podController } from "./pod.ts";
import { replicaSetController, replicationController } from "./replicaset.ts";

/** Everything that reacts to changes. */
export const CONTROLLERS: readonly Controller[] = [
  namespaceController,
  garbageController,
  deploymentController,
  replicaSetController,
  replicationController,
  jobController,
  podController,
];
