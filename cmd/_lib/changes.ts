/**
 * Flags and output of the commands that compare: `diff` and `plan`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { ChangeReport, IgnoreRule, ObjectChange } from "../../engine/kube/explain/mod.ts";
import type { CompareChoices } from "../../engine/release/mod.ts";
import { decodeJson, encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";
import { quote } from "../../engine/base/mod.ts";
import type { ChangeLine } from "./changes_layout.ts";
import { type Context, defineFlags, type FlagValues } from "./command.ts";

/** Formats of `-o`. */
const FORMATS = ["text", "json", "yaml", "diff", "simple"] as const;

/** Formats of commands that plan: the requests, too. */
export const PLAN_FORMATS = [...FORMATS, "patch"] as const;

/** Flags of every comparison. Those of the helm-diff plugin keep their names. */
export const CHANGE_FLAGS = defineFlags({
  "context": {
    type: "int32",
    short: "C",
    usage: "Number of unchanged lines around each change in a long text; -1 shows all. With '--output diff' the " +
      "default is -1",
    default: 3,
  },
  "detailed-exitcode": { type: "bool", usage: "Exit with status 2 when there are changes" },
  "full": { type: "bool", usage: "Show new and deleted objects in full, and do not cut long ones" },
  "ignore": {
    type: "stringArray",
    usage:
      "Hide changes of a field: PATH, KIND:PATH or KIND/NAME:PATH, such as Deployment:/spec/replicas (can specify " +
      "multiple)",
  },
  "ignore-file": { type: "string", complete: "file", usage: "YAML file with ignore rules, in the form that Flux uses" },
  "include-tests": { type: "bool", usage: "Compare hooks that are tests, too" },
  "no-color": { type: "bool", usage: "Do not use colours" },
  "no-hooks": { type: "bool", usage: "Leave out hooks" },
  "only": {
    type: "stringArray",
    usage: "Show only objects of a kind, or one object: KIND or KIND/NAME (can specify multiple)",
  },
  "output": {
    type: "string",
    complete: { words: FORMATS },
    short: "o",
    usage: "Format of the output: text, json, yaml, or as the helm-diff plugin prints it: diff, simple",
    default: "text",
  },
  "show-ignored": { type: "bool", usage: "Show changes that ignore rules hide" },
  "show-secrets": { type: "bool", usage: "Show secret values, which are masked by default" },
  "summary": { type: "bool", usage: "Show only the counts and the risks" },
  "suppress": { type: "stringArray", usage: "Do not show the changes in objects of a kind (can specify multiple)" },
  "suppress-secrets": { type: "bool", short: "q", usage: "Do not show the changes in Secrets" },
});

/** Flags of a comparison, checked. */
export interface ChangeChoices {
  /** The format. */
  readonly format: typeof PLAN_FORMATS[number];
  /** For the comparison. */
  readonly compare: CompareChoices;
}

type ChangeContext = Context<typeof CHANGE_FLAGS>;
type ChangeFlags = FlagValues<typeof CHANGE_FLAGS>;

/**
 * Checks the flags and reads the ignore rules.
 *
 * @throws SkegError of kind `usage` or `io`.
 */
export async function changeChoices(
  { flags }: Pick<ChangeContext, "flags">,
  formats: readonly ChangeChoices["format"][] = FORMATS,
): Promise<ChangeChoices> {
  const format = formats.find((name) => name === flags.output);
  if (format === undefined) {
    throw new SkegError("usage", `unknown output format ${quote(flags.output)}`, {
      hint: `Use one of ${formats.join(", ")}.`,
    });
  }
  const { createMasker } = await import("../../engine/kube/explain/mod.ts");
  const isLikePlugin = format === "diff" || format === "simple";
  return {
    format,
    compare: {
      ignore: flags["show-ignored"] ? [] : await ignoreRules(flags),
      includeTests: flags["include-tests"],
      noHooks: flags["no-hooks"],
      only: onlyOf(flags.only),
      suppress: [...flags.suppress, ...flags["suppress-secrets"] ? ["Secret"] : []],
      masker: flags["show-secrets"] ? undefined : createMasker(crypto.getRandomValues(new Uint8Array(32))),
      withDocuments: isLikePlugin,
    },
  };
}

async function ignoreRules(flags: ChangeFlags): Promise<IgnoreRule[]> {
  const { parseIgnoreFlag, readIgnoreRules } = await import("../../engine/kube/explain/mod.ts");
  const rules = flags.ignore.map(parseIgnoreFlag);
  const path = flags["ignore-file"];
  if (path === "") return rules;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const { fileReason } = await import("../../app/plan_file.ts");
    throw new SkegError("io", `${path} cannot be read: ${fileReason(cause)}`, { cause });
  }
  const { decodeDocument } = await import("../../engine/kube/mod.ts");
  return [...rules, ...readIgnoreRules(decodeDocument(text), path)];
}

/** Returns a test for `--only`; `undefined` without the flag. */
function onlyOf(words: readonly string[]): ((object: ObjectChange) => boolean) | undefined {
  if (words.length === 0) return undefined;
  const wanted = words.map((word) => word.toLowerCase().split("/"));
  return ({ id }) =>
    wanted.some(([kind, name]) =>
      kind === id.kind.toLowerCase() && (name === undefined || name === id.name.toLowerCase())
    );
}

/** Prints a report and returns the exit status. */
export async function printChanges(
  report: ChangeReport,
  { format }: ChangeChoices,
  context: ChangeContext,
): Promise<number> {
  const { flags, print } = context;
  if (format === "json") print.out(`${encodeJson(report)}\n`);
  else if (format === "yaml") print.out(encodeYaml(decodeJson(encodeJson(report))));
  else if (format !== "patch") {
    const isColoured = print.outColour && !flags["no-color"];
    const lines = await textLines(report, format, context);
    for (const { text, colour } of lines) print.out(`${text}\n`, isColoured && colour !== undefined ? { colour } : {});
  }
  return flags["detailed-exitcode"] && report.objects.length > 0 ? 2 : 0;
}

async function textLines(
  report: ChangeReport,
  format: "text" | "diff" | "simple",
  { flags, given }: ChangeContext,
): Promise<ChangeLine[]> {
  if (format === "text") {
    const { reportLines } = await import("./changes_text.ts");
    return reportLines(report, { context: flags.context, full: flags.full, summary: flags.summary, now: new Date() });
  }
  const { pluginLines } = await import("./changes_plugin.ts");
  return pluginLines(report, { format, context: given.has("context") ? flags.context : -1 });
}
