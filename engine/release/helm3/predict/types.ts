/**
 * Input of the prediction of an upgrade by Helm 3, besides what the migration hands it.
 *
 * @module
 */
import type { Chart } from "../../../model/mod.ts";

/** An upgrade that Helm 3 is asked to render. */
export interface Helm3Question {
  /** Name of the release. */
  readonly name: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The revision that the upgrade makes. */
  readonly revision: number;
  /** The chart as Helm 3 wants it. */
  readonly chart: Chart;
  /** Folder or archive of another chart, used in place of `chart`. */
  readonly chartPath?: string | undefined;
  /** The user's config, as YAML text. */
  readonly config: string;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

/** A hook that Helm 3 rendered. */
export interface RenderedHook {
  /** `kind` of its document. */
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: string;
  /** As Helm 3 spells them. */
  readonly events: readonly string[];
  /** The text of its document. */
  readonly manifest: string;
}

/** The rendered upgrade, or why the chart cannot be rendered, in Helm's words. */
export type Helm3Answer =
  | {
    /** The manifest, without hooks. */
    readonly manifest: string;
    /** In the order of Helm 3. */
    readonly hooks: readonly RenderedHook[];
    /** Lines that the program logged. */
    readonly log: string;
    readonly failure?: undefined;
  }
  | { readonly failure: string; readonly log: string };

/** A real Helm 3 or 4. */
export interface Helm3Renderer {
  /** Such as `helm v3.22.0`. */
  readonly name: string;
  /**
   * Renders an upgrade; changes nothing.
   *
   * @throws SkegError of kind `io` when the program itself fails.
   */
  render(question: Helm3Question): Promise<Helm3Answer>;
}

/** Another chart for the upgrade. */
export interface OtherChart {
  /** As loaded. */
  readonly chart: Chart;
  /** Its folder or archive. */
  readonly path: string;
}

/** Options of {@linkcode predictHelm3Upgrade}. */
export interface PredictHelm3Options {
  /** A real Helm 3 or 4; absent: our own engine renders, and the result is marked as estimated. */
  readonly renderer?: Helm3Renderer | undefined;
  /** The chart of the upgrade; absent: the one of the record. */
  readonly chart?: OtherChart | undefined;
  /** If true, the upgrade runs with a post-renderer that keeps the labels of the record. */
  readonly keepLabels?: boolean | undefined;
}
