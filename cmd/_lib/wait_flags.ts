/**
 * Flags that say how a command waits and how it shows that. Helm has only `--wait`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileError, SkegError } from "../../errors.ts";
import type { WaitSettings } from "../../engine/kube/mod.ts";
import { quote } from "../../engine/base/mod.ts";
import { defineFlags } from "./command.ts";

/** The usual grace of `--fail-fast`, in seconds. */
const FAIL_FAST_SECONDS = "30";
/** Lines of a log in the tree. */
const TREE_LINES = 5;
/** Lines of a log below an error. */
const ERROR_LINES = 20;

/** `--wait-strict`. */
export const STRICT_WAIT_FLAG = defineFlags({
  "wait-strict": {
    type: "string",
    bare: "true",
    complete: { words: ["true", "all"] },
    usage: "Like --wait, and wait until the newest change of every workload has reached all of its Pods, as " +
      "'kubectl rollout status' does; =all waits for every object, Jobs and custom resources included",
    check: (text) => isStrictWord(String(text)) ? undefined : "use --wait-strict or --wait-strict=all",
  },
});

/** Which objects are waited for. */
export const WAIT_OBJECT_FLAGS = defineFlags({
  ...STRICT_WAIT_FLAG,
  "wait-ignore": {
    type: "stringArray",
    usage:
      'KIND or KIND/NAME that is not waited for (can specify multiple); the annotation skeg.dev/wait: "false" does ' +
      "the same",
  },
  "wait-jobs": { type: "bool", usage: "With --wait or --wait-strict, wait until Jobs have completed" },
  "wait-rules": {
    type: "string",
    complete: "file",
    usage: "File of rules that say when custom resources are ready; see docs/waiting.md",
  },
});

/** How a wait is shown, and when it ends early; for every command that waits, for hooks too. */
export const WAIT_VIEW_FLAGS = defineFlags({
  "fail-fast": {
    type: "string",
    bare: FAIL_FAST_SECONDS,
    usage: "End a wait as soon as something cannot become ready by itself, such as an image that does not exist; " +
      "=SECONDS changes the usual grace of 30 seconds",
    check: (text) => isCount(String(text)) ? undefined : "give a number of seconds",
  },
  "log-lines": {
    type: "string",
    usage: "Last lines shown of a container that failed (default 5 while waiting, 20 below an error; 0: none)",
    check: (text) => isCount(String(text)) ? undefined : "give a number of lines",
  },
  "progress": {
    type: "string",
    complete: { words: ["auto", "tree", "plain", "json", "none"] },
    usage: "How waits are shown on standard error: auto (a tree on a terminal, lines elsewhere), tree, plain, json " +
      "(with =FILE into a file) or none",
    check: (text) =>
      progressKind(String(text)) === undefined ? "use auto, tree, plain, json, json=FILE or none" : undefined,
  },
});

/** All flags of a command that waits for the objects of a release. */
export const WAITING_FLAGS = defineFlags({ ...WAIT_OBJECT_FLAGS, ...WAIT_VIEW_FLAGS });

/** Values of these flags, as far as a command has them. */
export interface WaitFlagValues {
  readonly "wait"?: boolean;
  readonly "atomic"?: boolean;
  readonly "wait-strict"?: string;
  readonly "wait-ignore"?: readonly string[];
  readonly "wait-jobs"?: boolean;
  readonly "wait-rules"?: string;
  readonly "fail-fast"?: string;
  readonly "log-lines"?: string;
  readonly "progress"?: string;
}

/** Kinds of progress. */
export type ProgressKind = "auto" | "tree" | "plain" | "json" | "none";

/** Returns the kind of `--progress`, and the file of `json=FILE`; `undefined` for anything else. */
export function progressKind(
  text: string,
): { readonly kind: ProgressKind; readonly file: string | undefined } | undefined {
  if (text === "") return { kind: "auto", file: undefined };
  const [kind = "", file] = /^json=/.test(text) ? ["json", text.slice(5)] : [text];
  const known = ["auto", "tree", "plain", "json", "none"].includes(kind) && file !== "";
  return known ? { kind: kind as ProgressKind, file } : undefined;
}

/** Returns `--wait-strict` as an option. */
export function strictWait(text: string): boolean | "all" {
  return text === "all" ? "all" : ["true", "1", "t"].includes(text.toLowerCase());
}

function isStrictWord(text: string): boolean {
  return ["", "all", "true", "false", "1", "0", "t", "f"].includes(text.toLowerCase());
}

function isCount(text: string): boolean {
  return /^\d{0,9}$/.test(text);
}

/**
 * Returns how a command's waits judge and show; `undefined` when its flags do not say anything.
 *
 * @param isTree True if logs are shown during the wait.
 * @throws SkegError of kind `usage` for flags without a wait, and for a file of rules that cannot be read.
 */
export async function waitSettings(flags: WaitFlagValues, isTree: boolean): Promise<WaitSettings | undefined> {
  const rules = flags["wait-rules"] ?? "";
  const ignore = flags["wait-ignore"] ?? [];
  checkUse(flags, rules, ignore);
  const failFast = flags["fail-fast"] ?? "";
  const lines = flags["log-lines"] ?? "";
  const settings: WaitSettings = {
    ...flags["wait-jobs"] ? { waitJobs: true } : {},
    ...ignore.length > 0 ? { waitIgnore: ignore } : {},
    ...rules === "" ? {} : { waitRules: await readRules(rules) },
    ...failFast === "" ? {} : { failFastSeconds: Number(failFast) },
    ...lines === "" ? {} : { logLines: Number(lines) },
    ...isTree ? { liveLogLines: lines === "" ? TREE_LINES : Math.min(Number(lines), ERROR_LINES) } : {},
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function checkUse(flags: WaitFlagValues, rules: string, ignore: readonly string[]): void {
  const waits = flags.wait === undefined || flags.wait || flags.atomic === true ||
    strictWait(flags["wait-strict"] ?? "");
  const given = [
    ...flags["wait-jobs"] ? ["--wait-jobs"] : [],
    ...ignore.length > 0 ? ["--wait-ignore"] : [],
    ...rules === "" ? [] : ["--wait-rules"],
  ];
  const [first] = given;
  if (first !== undefined && !waits) {
    throw new SkegError("usage", `${first} needs --wait or --wait-strict`, { hint: "Add one of them." });
  }
  for (const entry of ignore) {
    if (!/^[^/]+(\/[^/]+)?$/.test(entry)) {
      throw new SkegError("usage", `--wait-ignore ${quote(entry)}: use KIND or KIND/NAME`);
    }
  }
}

async function readRules(path: string): Promise<WaitSettings["waitRules"]> {
  const { parseWaitRules } = await import("../../engine/kube/ready/mod.ts");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw fileError("open", path, cause);
  }
  return parseWaitRules(text, path);
}
