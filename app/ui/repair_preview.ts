/**
 * Previews of proposed repairs. Nothing is written: the flag that writes is never passed on.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { RepairReport, RepairResult } from "../../engine/release/mod.ts";
import { lineDiff } from "../line_diff.ts";
import type { Skeg, SkegRepairOptions } from "../skeg_options.ts";
import type { RepairAnswer } from "./types.ts";

/** Repairs of one release, as proposals name them. */
const REPAIRS = {
  "settle": "settle",
  "dedupe": "dedupe",
  "promote": "promote",
  "relabel": "relabel",
  "quarantine": "quarantine",
  "salvage": "salvage",
  "prune": "prune",
  "slim": "slim",
  "forget": "forget",
  "disown": "disown",
  "finish-delete": "finishDelete",
  "cleanup-failed": "cleanupFailed",
  "delete-orphans": "deleteOrphans",
  "clean-hooks": "cleanHooks",
  "reapply": "reapply",
  "map-apis": "mapApis",
} as const;

/** Flags of proposals, and what their values are. */
const FLAGS: Readonly<Record<string, "text" | "number">> = {
  "as": "text",
  "truth": "text",
  "object": "text",
  "object-namespace": "text",
  "keep": "number",
  "revision": "number",
  "trust-me": "number",
};

/** Flags that say where records are: those of this server count. */
const PLACE_FLAGS: ReadonlySet<string> = new Set(["storage", "tiller-namespace", "kube-context", "kubeconfig", "home"]);

/** A repair with its options. */
interface ParsedRepair {
  readonly name: keyof typeof REPAIRS;
  readonly release: string;
  readonly options: Readonly<Record<string, string | number>>;
  /** True if the records are in another place than those of this server. */
  readonly isElsewhere: boolean;
}

/**
 * Previews the repair that a finding proposes.
 *
 * @throws SkegError of kind `usage` for a command line that no finding proposes.
 */
export async function repairPreview(skeg: Skeg, command: string, signal: AbortSignal): Promise<RepairAnswer> {
  const { name, release, options, isElsewhere } = parsed(command);
  if (isElsewhere) {
    throw new SkegError("usage", "these records are in another place than this page was started for", {
      hint: `Preview it in a terminal: '${command}'`,
    });
  }
  const run = skeg.repair[REPAIRS[name]] as (options: SkegRepairOptions) => Promise<RepairResult>;
  const preview = await run({ ...options, release, signal, yes: false });
  return { preview, text: preview.reports.map(reportText).join("\n") };
}

function parsed(command: string): ParsedRepair {
  const refuse = (): SkegError => new SkegError("usage", "only a repair that a finding proposes can be previewed");
  const [, line = ""] = /^(?:skeg|helm) repair (.*)$/.exec(command) ?? [];
  const words = line.split(" ").filter((word) => word !== "");
  const [name = "", release = "", ...rest] = words;
  if (!Object.hasOwn(REPAIRS, name) || !/^[\w.-]+$/.test(release)) throw refuse();
  const options: Record<string, string | number> = {};
  let isElsewhere = false;
  for (let at = 0; at < rest.length; at += 2) {
    const [flag, value = ""] = [rest[at]?.replace(/^--/, "") ?? "", rest[at + 1]];
    const type = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
    if (PLACE_FLAGS.has(flag)) isElsewhere = true;
    else if (type === undefined || value === "" || !rest[at]?.startsWith("--")) throw refuse();
    else options[camelCase(flag)] = type === "number" ? wholeNumber(value, refuse) : value;
  }
  return { name: name as keyof typeof REPAIRS, release, options, isElsewhere };
}

function wholeNumber(text: string, refuse: () => SkegError): number {
  if (!/^\d{1,9}$/.test(text)) throw refuse();
  return Number(text);
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns the lines of a report for people. */
function reportText({ release, changes, notes, deleted, objects, operation, blocked }: RepairReport): string {
  const lines = changes.flatMap(({ record, subject, before, after, details, texts }) => [
    `${record} ${subject}: ${before || "(none)"} -> ${after || "(none)"}`,
    ...details.map((detail) => `  ${detail}`),
    ...texts === undefined ? [] : lineDiff(texts.before, texts.after).map((line) => `  ${line}`),
  ]);
  return [
    ...lines,
    ...deleted.map((key) => `record ${key} would be deleted`),
    ...objects.map((object) => `${object} would be deleted`),
    ...operation === undefined ? [] : [`then: ${operation}`],
    ...notes.map(({ record, subject, text }) =>
      `${[record, subject].filter((part) => part !== "").join(" ")}: ${text}`
    ),
    ...blocked === undefined ? [] : [`now it would be refused: ${blocked}`],
    ...lines.length + deleted.length + objects.length === 0 && operation === undefined
      ? [`nothing of ${release} would be written`]
      : [],
  ].map((line) => `${line}\n`).join("");
}
