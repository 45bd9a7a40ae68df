/**
 * ValidatingWebhookConfigurations and MutatingWebhookConfigurations.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../../base/mod.ts";
import type { Related } from "./related.ts";
import { type ObjectState, ready } from "./state.ts";

/** Ready when it is there; a webhook that would refuse everything gets a note. */
export function webhooksState(configuration: KubeObject, { readyEndpoints }: Related): ObjectState {
  for (const webhook of asList(configuration.webhooks).map(asObject)) {
    const service = asObject(asObject(webhook.clientConfig).service);
    const [namespace, name] = [asText(service.namespace), asText(service.name)];
    if (name === "" || asText(webhook.failurePolicy) === "Ignore") continue;
    if (readyEndpoints?.(namespace, name) !== 0) continue;
    return ready(`webhook ${asText(webhook.name)} refuses everything: Service/${name} has no ready endpoint`);
  }
  return ready();
}
