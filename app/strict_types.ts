/**
 * Data of `lint --strict-kubernetes`.
 *
 * @module
 */
import type { LintMessage } from "../engine/chart/lint/mod.ts";
import type { TracedObject } from "../engine/chart/why/mod.ts";
import type { ReportServer } from "../engine/kube/served/mod.ts";
import type { KubeObject } from "../engine/model/mod.ts";

/** The path of a field. */
export type StrictPath = readonly (string | number)[];

/** An object of the chart, as the server gets it. */
export interface StrictObject {
  /** The object. */
  readonly object: KubeObject;
  /** Where it is in its document: empty, or the item of a List. */
  readonly base: StrictPath;
  /** The document. */
  readonly document: TracedObject;
}

/** A problem of one object. */
export interface StrictProblem {
  /** The object. */
  readonly of: StrictObject;
  /** How bad it is. */
  readonly severity: LintMessage["severity"];
  /** The field; empty: the whole object. */
  readonly path: StrictPath;
  /** The problem, without the object and the field. */
  readonly text: string;
}

/** Facts about the chart's release. */
export interface StrictOptions {
  /** The server that the chart is for. */
  readonly server: ReportServer;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}
