/**
 * Plugins that need a Tiller.
 *
 * @module
 */
import type { PluginMetadata } from "./metadata.ts";

/** The variables with Tiller's address and namespace that Helm 2 gives to plugins. */
const TILLER_VARIABLE = /\$\{?(TILLER_HOST|TILLER_NAMESPACE|HELM_HOST)\b/;

/**
 * Returns why a plugin says that it needs a Tiller, such as `it asks for a tunnel to Tiller`; `undefined` if it does not say so.
 *
 * A plugin without a reason may need one all the same: only its `plugin.yaml` is read.
 */
export function needsTiller({ useTunnel, command, hooks, downloaders }: PluginMetadata): string | undefined {
  if (useTunnel) return "it asks for a tunnel to Tiller (useTunnel)";
  const lines = [command, ...Object.values(hooks), ...downloaders.map((each) => each.command)];
  for (const line of lines) {
    const [, variable] = TILLER_VARIABLE.exec(line) ?? [];
    if (variable !== undefined) return `its command uses $${variable}`;
  }
  return undefined;
}
