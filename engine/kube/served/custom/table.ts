/**
 * The operations that the table names by `custom`, one file each.
 *
 * @module
 */
import type { Work } from "../work.ts";
import { crdConversion } from "./crd_conversion.ts";
import { crdVersions } from "./crd_versions.ts";
import { endpointTopology } from "./endpoint_topology.ts";
import { hpaMetrics } from "./hpa_metrics.ts";
import { ingressBackend } from "./ingress_backend.ts";
import { pdbSelector } from "./pdb_selector.ts";
import { preservedZero } from "./preserved_zero.ts";
import { rbacSubjects } from "./rbac_subjects.ts";
import { reference } from "./reference.ts";

/** Changes the object at every place that a path of the table names. */
export type CustomOperation = (work: Work, path: string) => void;

/** Operations by their name in the table. */
export const CUSTOM: ReadonlyMap<string, CustomOperation> = new Map<string, CustomOperation>([
  ["ingressBackend", ingressBackend],
  ["endpointTopology", endpointTopology],
  ["pdbSelector", pdbSelector],
  ["hpaMetricsV2beta1", hpaMetrics],
  ["preservedZero", preservedZero],
  ["reference", reference],
  ["rbacSubjects", rbacSubjects],
  ["crdVersions", crdVersions],
  ["crdConversion", crdConversion],
]);
