/**
 * State that all pages share: contexts, the program and its rights, and the texts of the frame.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { apiPath } from "./api.js";
import { dataOf, useData } from "./data.js";
import { say } from "./live.js";

export { word } from "./words.js";

/**
 * @import { ContextsAnswer, MeAnswer } from "../../app/ui/types.ts"
 * @import { Data } from "./data.js"
 */

const CONTEXTS = apiPath(["contexts"]);

/** The contexts; `undefined` until they are read. */
export const contexts = computed(() =>
  /** @type {ContextsAnswer | undefined} */ (dataOf(CONTEXTS).data.value)?.contexts
);

/** The context that a command without `--kube-context` uses; empty until contexts are read. */
export const currentContext = computed(() => {
  const all = contexts.value ?? [];
  return (all.find(({ current }) => current) ?? all[0])?.name ?? "";
});

/** Reads the contexts, for as long as the frame is there. */
export function useContexts() {
  return useData(CONTEXTS);
}

/**
 * The program, its flags, and the rights in a context.
 *
 * @param {string} ctx Empty: not known yet.
 * @returns {Data<MeAnswer>}
 */
export function useMe(ctx) {
  return useData(ctx === "" ? undefined : apiPath(["me"], { ctx }));
}

/** The context of the page: whose flags a copied command needs. */
export const pageContext = signal("");
/** The command that shows or does the same as the page, without the program's name and global flags; empty for none. */
export const pageCommand = signal("");
/** Keys that the page explains in the last line, such as `["j k", "move"]`. */
export const pageHints = signal(/** @type {readonly (readonly [string, string])[]} */ ([]));

/** The whole command line of the page; empty for none. */
export const commandLine = computed(() => pageCommand.value === "" ? "" : wholeCommand(pageCommand.value));

/**
 * Returns a command line that can be pasted into a shell.
 *
 * @param {string} command Without the program's name, such as `history web`.
 * @param {string} [ctx] Absent: the page's context.
 * @returns {string}
 */
export function wholeCommand(command, ctx = pageContext.value) {
  const me = dataOf(apiPath(["me"], { ctx: ctx || currentContext.value })).data.value;
  const { program = "skeg", globalFlags = "" } = /** @type {Partial<MeAnswer>} */ (me ?? {});
  // `--contexts` names the clusters itself.
  const flags = / --contexts /.test(command)
    ? globalFlags.replace(/--kube-context (?:'[^']*'|\S+) ?/, "")
    : globalFlags;
  return [program, command, flags.trim()].filter((part) => part !== "").join(" ");
}

/**
 * Says what a page is: its title, the command that shows the same, and the keys that its last line explains.
 *
 * @param {{ title: string, command?: string, ctx?: string, hints?: readonly (readonly [string, string])[] }} page
 */
export function usePage({ title, command = "", ctx = "", hints = [] }) {
  const known = JSON.stringify(hints);
  useEffect(() => {
    document.title = title === "" ? "skeg" : `${title} – skeg`;
    pageCommand.value = command;
    pageContext.value = ctx;
    pageHints.value = hints;
  }, [title, command, ctx, known]);
  useEffect(() => say(title), [title]);
}
