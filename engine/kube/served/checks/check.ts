/**
 * Checks that stop a conversion on the target side.
 *
 * The `refuse` texts of the table are for people; here is the code for each kind. Messages name the object,
 * the field and the rule; hints name the remedy.
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

/** Refuses values that the newer version does not accept. May replace them if the caller consented. */
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
 * Refuses objects that the server would refuse, and changes of behaviour without consent.
 *
 * @throws RemovedApiError for the first problem.
 */
export function check(work: Work, conversion: Conversion): void {
  refuseImmutable(work, conversion);
  CHECKS.get(String(work.object.kind))?.(work);
}
