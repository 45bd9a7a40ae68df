/**
 * Reads a file of rules for custom resources.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { asObject, isObject } from "../../base/mod.ts";
import { yamlToJson } from "../../lang/yaml/mod.ts";
import type { WaitRule } from "./custom_rule.ts";

const TEXTS = ["group", "kind", "path", "message", "pods"];
const LISTS = ["ready", "failed"];

/**
 * Returns the rules of a text such as
 *
 * ```yaml
 * rules:
 *   - group: acid.zalan.do
 *     kind: postgresql
 *     path: status.PostgresClusterStatus
 *     ready: [Running]
 *     failed: [CreateFailed, UpdateFailed]
 * ```
 *
 * @param text YAML or JSON.
 * @param name Name of the file, for messages.
 * @throws SkegError of kind `usage` that names the rule and the field.
 */
export function parseWaitRules(text: string, name = "rules"): WaitRule[] {
  const refuse = (problem: string): SkegError => new SkegError("usage", `${name}: ${problem}`);
  let data: unknown;
  try {
    data = yamlToJson(text);
  } catch (cause) {
    throw new SkegError("usage", `${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const { rules } = asObject(data);
  if (!Array.isArray(rules)) throw refuse("it has no list `rules`");
  return rules.map((rule: unknown, index) => {
    const at = `rule ${index + 1}`;
    if (!isObject(rule)) throw refuse(`${at} is not an object`);
    for (const [key, value] of Object.entries(rule)) {
      const isList = LISTS.includes(key);
      if (!isList && !TEXTS.includes(key)) throw refuse(`${at} has an unknown field ${JSON.stringify(key)}`);
      const fits = isList
        ? Array.isArray(value) && value.every((each) => typeof each === "string")
        : typeof value === "string";
      if (!fits) throw refuse(`${at}: ${key} must be ${isList ? "a list of texts" : "a text"}`);
    }
    for (const key of ["group", "kind"]) if (!Object.hasOwn(rule, key)) throw refuse(`${at} has no ${key}`);
    if (rule.path !== undefined && rule.ready === undefined) throw refuse(`${at} has a path, but no list \`ready\``);
    return rule as unknown as WaitRule;
  });
}
