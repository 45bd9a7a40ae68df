import { mapsAt } from "../places.ts";
import { fieldOf, isEmpty, type JsonMap } from "../plain.ts";
import type { Work } from "../work.ts";

/**
 * Moves the two fields of a conversion webhook under `webhook`.
 *
 * Source: Kubernetes, `apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go` and `v1beta1/defaults.go`.
 */
export function crdConversion(work: Work, path: string): void {
  for (const { map, path: place } of mapsAt(work, path)) {
    const clientConfig = fieldOf(map, "webhookClientConfig");
    let versions = fieldOf(map, "conversionReviewVersions");
    if (map.strategy === "Webhook" && isEmpty(versions)) versions = ["v1beta1"];
    delete map.webhookClientConfig;
    delete map.conversionReviewVersions;
    if (clientConfig === undefined && versions === undefined) continue;
    const webhook: JsonMap = {};
    if (clientConfig !== undefined) webhook.clientConfig = clientConfig;
    if (versions !== undefined) webhook.conversionReviewVersions = versions;
    map.webhook = webhook;
    work.changes.push(`${place}: webhookClientConfig and conversionReviewVersions become webhook`);
  }
}
