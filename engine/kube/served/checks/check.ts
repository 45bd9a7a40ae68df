/**
 * What stops a conversion on the target side.
 *
 * The `refuse` texts of the table are for people; here is the code for each kind. Messages name the object, the field
 * and the rule; hints name the way out.
 *
 * @module
 */
import { refuseImmutable } from "../immutable.ts";
import type { Conversion } from "../table.ts";
import type { Work } from "../work.ts";
import { checkCronJob } from "./cron_job.ts";
import { checkCustomResourceDefinition } from "./custom_resource_definition.ts";
import { checkEndpointSlice } from "./endpoint_slice.ts";
import { checkEvent } from "./event.ts";
import { checkIngress } from "./ingress.ts";
import { checkSigningRequest } from "./signing_request.ts";
import { checkWebhooks } from "./webhooks.ts";

/** Refuses what the newer version does not take. May write what the caller consented to. */
type Check = (work: Work) => void;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["CronJob", checkCronJob],
  ["CertificateSigningRequest", checkSigningRequest],
  ["CustomResourceDefinition", checkCustomResourceDefinition],
  ["EndpointSlice", checkEndpointSlice],
  ["Event", checkEvent],
  ["Ingress", checkIngress],
  ["MutatingWebhookConfiguration", checkWebhooks],
  ["ValidatingWebhookConfiguration", checkWebhooks],
]);

/**
 * Refuses what the server would refuse, and what would change an object's behaviour without consent.
 *
 * @throws RemovedApiError for the first problem.
 */
export function check(work: Work, conversion: Conversion): void {
  refuseImmutable(work, conversion);
  CHECKS.get(String(work.object.kind))?.(work);
}
