/**
 * Charts as Helm 3 reads and renders them: its dialect of templates, values and hooks. Pure, and loaded when it is needed.
 *
 * ```text
 * Chart → chartForHelm3 → archive for a real Helm 3
 * Chart + config + facts → renderHelm3 → hooks, manifests in order
 * ```
 *
 * @module
 */
export { chartForHelm3 } from "./chart_for_helm3.ts";
export { HELM3_INSTALL_ORDER } from "./order.ts";
export { HELM3_VERSION } from "./objects.ts";
export { type Helm3Facts, type Helm3Rendered, renderHelm3, type RenderHelm3Options } from "./render.ts";
