/**
 * Kinds with rows, selectors or kept metadata of their own and no rules.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { onePath } from "../fields/set.ts";
import { at, textOf } from "../json.ts";
import { age, type Cells, createdCells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";

const leaseCells: Cells = (o, c) => [nameOf(o), textOf(at(o, "spec", "holderIdentity")), age(o, c)];

const runtimeClassCells: Cells = (o, c) => [nameOf(o), textOf(o["handler"]), age(o, c)];

/** Leases. */
export const leases: Kind = { resource: "coordination.k8s.io/leases", cells: leaseCells };

/** RuntimeClasses. */
export const runtimeClasses: Kind = { resource: "node.k8s.io/runtimeclasses", cells: runtimeClassCells };

/** CSIStorageCapacities. */
export const storageCapacities: Kind = { resource: "storage.k8s.io/csistoragecapacities", cells: createdCells };

/** VolumeAttachments. */
export const volumeAttachments: Kind = {
  resource: "storage.k8s.io/volumeattachments",
  statusKeeps: onePath("f:metadata"),
};

/** CertificateSigningRequests. */
export const signingRequests: Kind = {
  resource: "certificates.k8s.io/certificatesigningrequests",
  selectable: ["spec.signerName"],
};

/** FlowSchemas. */
export const flowSchemas: Kind = {
  resource: "flowcontrol.apiserver.k8s.io/flowschemas",
  statusKeeps: onePath("f:metadata"),
};

/** PriorityLevelConfigurations. */
export const priorityLevels: Kind = {
  resource: "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
  statusKeeps: onePath("f:metadata"),
};
