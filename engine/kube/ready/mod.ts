/**
 * Readiness: how an object is doing, judged by pure functions, one file for each kind.
 *
 * `kinds.ts` has the table of kinds. Rules read the object and what is known around it, and send no requests.
 *
 * @module
 */
export { isBuiltInGroup } from "./_groups.ts";
export { valueAt, type WaitRule } from "./custom_rule.ts";
export { newestSet } from "./deployment.ts";
export { customRuleOf, type HelmRule, helmRuleOf, type KindRules, type MissingRule, rulesOf } from "./kinds.ts";
export { isUnseen, objectState, UNSEEN } from "./object_state.ts";
export { isPodReady } from "./pod.ts";
export type { Related } from "./related.ts";
export { parseWaitRules } from "./rules_file.ts";
export {
  type Condition,
  conditionOf,
  numberOf,
  type ObjectState,
  progress,
  type ReadyRule,
  specOf,
  statusOf,
  unless,
  wantedReplicas,
} from "./state.ts";
