/**
 * Renders a chart for a cluster: the result is what an operation sends, with its documents decoded.
 *
 * @module
 */
import { renderRelease, type RenderReleaseOptions } from "../chart/render/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { renderCallbacks } from "./_render_calls.ts";
import { DocumentReader } from "./decoded.ts";
import type { Environment } from "./environment.ts";
import type { Sent } from "./removed.ts";

/** A rendered chart, as an operation sends it. */
export interface RenderedSent extends Sent {
  /** Empty when there are none. */
  readonly notes: string;
}

/**
 * Renders a chart as a release of the environment's cluster. Each document is decoded once, for its head and for
 * its objects.
 *
 * @throws The errors of {@linkcode renderRelease}.
 */
export async function renderToSend(
  env: Environment,
  options: Omit<RenderReleaseOptions, "readHead" | keyof ReturnType<typeof renderCallbacks>>,
): Promise<RenderedSent> {
  const { readHead, known, addSource } = new DocumentReader();
  const rendered = await renderRelease({ ...options, ...renderCallbacks(env), readHead });
  for (const { path, text } of rendered.manifests) addSource(path, text);
  for (const { path, manifest } of rendered.hooks) addSource(path, manifest);
  return { manifest: new KubeManifest(rendered.manifest, known), hooks: rendered.hooks, notes: rendered.notes, known };
}
