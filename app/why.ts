/**
 * Explains where output of charts and recorded revisions comes from.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import { parseValues } from "../engine/chart/values/mod.ts";
import {
  explainChart,
  type FieldOrigin,
  type FieldUse,
  type MissingObject,
  parseObjectName,
  type ValueFact,
  valueIn,
  whyMissing,
  type WhyOptions,
} from "../engine/chart/why/mod.ts";
import type { Environment } from "../engine/release/mod.ts";

/** A rendered object. */
export interface WhyObject {
  /** Full name of its template, such as `web/templates/service.yaml`. */
  readonly template: string;
  /** Its kind. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
}

/** Answers about one rendering of a chart. */
export interface WhyAnswers {
  /** The objects, in the order of templates. */
  readonly objects: readonly WhyObject[];
  /**
   * Returns the template lines, values and conditions behind a field.
   *
   * @param object `KIND/NAME`.
   * @param path Such as `spec.ports[0].port`; empty: the whole object.
   * @throws SkegError of kind `usage` when there is no such object or field.
   */
  field(object: string, path?: string): FieldOrigin;
  /**
   * Returns the fields that a line of a template, such as line 3 of `templates/service.yaml`, writes.
   *
   * @throws SkegError of kind `not-found` when there is no such template or line.
   */
  templateLine(file: string, line: number): FieldUse[];
  /** Returns the fields that depend on a value, such as `image.tag`. */
  value(path: string): FieldUse[];
  /** Returns a value, such as `image.tag`, and where it comes from. */
  source(path: string): ValueFact;
  /** True if a written line of output has the value in it, or was written because of it. */
  isRead(path: string): boolean;
  /** Returns the templates that could make an object, and the conditions that kept them from it. */
  missing(object: string): Promise<MissingObject[]>;
}

/** Renders a chart and returns answers about the result. */
export async function explain(chart: Chart, options: WhyOptions): Promise<WhyAnswers> {
  const explained = await explainChart(chart, options);
  return {
    objects: explained.objects.map(({ template, kind, name }) => ({ template, kind, name })),
    field: (object, path = "") => explained.field(parseObjectName(object), path),
    templateLine: (file, line) => explained.templateLine(file, line),
    value: (path) => explained.value(path),
    source: (path) => explained.finder.fact(`Values.${path}`, ""),
    isRead: (path) => explained.isRead(path),
    missing: (object) => whyMissing(chart, parseObjectName(object), options, explained.finder),
  };
}

/** The operations that find a revision. */
type Operations = Pick<typeof import("../engine/release/mod.ts"), "getRelease" | "history">;

/** Selects a revision. */
export interface RevisionChoice {
  /** The release's name. */
  readonly name: string;
  /** 0: the newest one. */
  readonly revision: number;
  /** Ends the requests. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the chart of a recorded revision, and the options that render it as it was rendered then.
 *
 * @throws SkegError of kind `record` for a revision without a chart.
 */
export async function recordedChart(
  { getRelease, history }: Operations,
  environment: Environment,
  { name, revision, signal }: RevisionChoice,
): Promise<{ chart: Chart; options: WhyOptions }> {
  const release = await getRelease(environment, { name, revision });
  if (release.chart === undefined) throw new SkegError("record", `revision ${release.revision} has no chart`);
  const config = release.config?.raw ?? "";
  const all = await history(environment, { name, max: REVISIONS_MAX });
  const { kubeVersion, apiVersions, tillerVersion } = await environment.kube.capabilities({ signal });
  const options: WhyOptions = {
    config,
    given: [{
      name: (path) => `given at revision ${sinceRevision(path, release.revision, all)}`,
      values: parseValues(config),
    }],
    release: {
      name,
      namespace: release.namespace,
      revision: release.revision,
      isInstall: release.revision === 1,
      isUpgrade: release.revision !== 1,
      ...release.info.lastDeployed === undefined ? {} : { time: release.info.lastDeployed },
    },
    capabilities: { kubeVersion, tillerVersion, apiVersions: [...apiVersions] },
  };
  return { chart: release.chart, options };
}

const REVISIONS_MAX = 256;

/** Returns the first revision from which on a value was given as it is. */
function sinceRevision(
  path: string,
  revision: number,
  releases: readonly { readonly revision: number; readonly config?: { readonly raw: string } | undefined }[],
): number {
  const older = releases.filter((each) => each.revision <= revision).sort((left, right) =>
    right.revision - left.revision
  );
  const textAt = (index: number) => JSON.stringify(valueIn(parseValues(older[index]?.config?.raw ?? ""), path));
  let at = 0;
  while (at + 1 < older.length && textAt(at + 1) === textAt(0)) at++;
  return older[at]?.revision ?? revision;
}
