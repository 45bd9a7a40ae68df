/**
 * Which client last wrote each field of a record's object, from the API server's `managedFields`.
 *
 * Tiller's lists read the status from the record's content, not from its label STATUS, which people change by
 * hand to recover a release. After such a change the label belongs to another field manager than the content.
 */
import { isCreator } from "../engine/base/mod.ts";
import type { KubeObject } from "../engine/model/mod.ts";

/** Metadata with `managedFields`; servers before 1.18 keep none. */
export type WrittenMetadata = NonNullable<KubeObject["metadata"]> & {
  readonly managedFields?: readonly FieldsNote[] | undefined;
};

/** The fields that one manager wrote. */
interface FieldsNote {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: FieldsTree;
}

interface FieldsTree {
  readonly [field: string]: FieldsTree | undefined;
}

/** False if the server recorded the writers of an object and `creator` is not one of them. */
export function mayBeFrom(creator: string, metadata: WrittenMetadata | undefined): boolean {
  const notes = metadata?.managedFields ?? [];
  return notes.length === 0 || notes.some(({ manager }) => manager === creator);
}

/** A client that wrote a field, and when. */
export interface FieldWriter {
  /** Name of the field manager, such as `kubectl-label`. */
  readonly manager: string;
  /** Such as `2020-10-19T10:00:00Z`; empty when the server does not say. */
  readonly time: string;
}

/**
 * Returns the last client that wrote the label STATUS; `undefined` when the server does not say, as before Kubernetes
 * 1.18.
 */
export function statusLabelWriter(metadata: KubeObject["metadata"]): FieldWriter | undefined {
  const notes = (metadata as WrittenMetadata | undefined)?.managedFields ?? [];
  return notes.filter(({ fieldsV1 }) => fieldsV1?.["f:metadata"]?.["f:labels"]?.["f:STATUS"] !== undefined)
    .map(({ manager = "", time = "" }) => ({ manager: isCreator(manager) ? "skeg" : manager, time }))
    .sort((a, b) => a.time < b.time ? -1 : 1).at(-1);
}

/** True if the label STATUS was written together with the record. */
export function isCertain(metadata: KubeObject["metadata"]): boolean {
  const notes = (metadata as WrittenMetadata | undefined)?.managedFields ?? [];
  const ownersOf = (...path: string[]): (string | undefined)[] =>
    notes.filter(({ fieldsV1 }) => path.reduce((tree, field) => tree?.[field], fieldsV1) !== undefined)
      .map(({ manager }) => manager !== undefined && isCreator(manager) ? "skeg" : manager);
  const content = ownersOf("f:data", "f:release");
  const label = ownersOf("f:metadata", "f:labels", "f:STATUS");
  return content.length === 0 || label.length === 0 || label.some((manager) => content.includes(manager));
}
