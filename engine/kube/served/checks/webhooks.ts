import { isNewItem } from "../on_create.ts";
import { mapsAt } from "../places.ts";
import { fieldOf, type JsonMap, textAt } from "../plain.ts";
import { refusal, type Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

/**
 * Checks side effects of new webhooks: v1 accepts only `None` and `NoneOnDryRun`. With consent, writes `None`.
 *
 * Source: Kubernetes 1.34, `pkg/apis/admissionregistration/validation/validation.go`.
 */
export function checkWebhooks(work: Work): void {
  const names = new Set<string>();
  for (const { map, path } of mapsAt(work, "webhooks[*]")) {
    if (!isNewItem(work, "webhooks", map)) continue;
    refuseSideEffects(work, map, path);
    const name = textAt(map, "name");
    if (names.has(name)) {
      refuseUnacceptable(work, {
        field: `${path}.name`,
        text: `${path}.name is ${JSON.stringify(name)}, which another webhook has too`,
        hint: "Give each webhook its own name in the chart.",
      });
    }
    names.add(name);
  }
}

function refuseSideEffects(work: Work, webhook: JsonMap, path: string): void {
  const sideEffects = fieldOf(webhook, "sideEffects");
  if (sideEffects === "None" || sideEffects === "NoneOnDryRun") return;
  const found = sideEffects === undefined ? "has no field sideEffects" : `has sideEffects ${String(sideEffects)}`;
  if (!work.options.allowLossy) {
    throw refusal(work, {
      situation: "lossy",
      field: `${path}.sideEffects`,
      text: `cannot be sent as ${work.to}: webhook ${JSON.stringify(textAt(webhook, "name"))} ${found}, ` +
        "and only None and NoneOnDryRun are accepted",
      hint: "Write sideEffects in the chart. With --allow-lossy-mapping, None is written; " +
        "server-side dry runs then call the webhook.",
      allowsLossy: true,
    });
  }
  webhook.sideEffects = "None";
  work.changes.push(`${path}.sideEffects: None is written; server-side dry runs call the webhook`);
}
