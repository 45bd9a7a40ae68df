/**
 * The first line and the last sentences of a report.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { ChangeReport, Moved } from "../../engine/kube/explain/mod.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns what is compared: the release, its revisions, chart and values. */
export function headText(report: ChangeReport, now: Date): string {
  const { name, namespace, from, to, chart, valuesChanged, made } = report.release;
  const dated = (revision: number | null, time: string | null | undefined): string =>
    `${revision ?? "none"}${report.operation === "revision" ? dateText(time, now) : ""}`;
  if (report.operation === "live") return `${name} in ${namespace}: revision ${to} against the cluster`;
  if (typeof to === "string") return `${name} -> ${to}${chartText(chart)}`;
  const revisions = from === null
    ? `revision ${dated(to, made?.to)}, new`
    : to === null
    ? `revision ${dated(from, made?.from)}, deleted`
    : `revision ${dated(from, made?.from)} -> ${dated(to, made?.to)}`;
  const values = valuesChanged === undefined || from === null
    ? ""
    : `, values ${valuesChanged ? "changed" : "unchanged"}`;
  return `${name} in ${namespace}: ${revisions}${chartText(chart)}${values}`;
}

function chartText(chart: Moved | undefined): string {
  if (chart === undefined) return "";
  const { from, to } = chart;
  if (from === to || from === null || to === null) return `, chart ${to ?? from ?? "unknown"}`;
  const [name = "", version = ""] = to.split(" ");
  return from.startsWith(`${name} `) ? `, chart ${from} -> ${version}` : `, chart ${from} -> ${to}`;
}

/** Returns ` (today)` or ` (12 Nov)`, with the year if it is another. */
function dateText(time: string | null | undefined, now: Date): string {
  if (time === null || time === undefined) return "";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  if (date.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)) return " (today)";
  const year = date.getUTCFullYear() === now.getUTCFullYear() ? "" : ` ${date.getUTCFullYear()}`;
  return ` (${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${year})`;
}

/** Returns the counts as sentences. */
export function summaryText(report: ChangeReport): string {
  const { hidden = 0, selected } = report.summary;
  if (selected === 0 && report.objects.length + report.hooks.length === 0) {
    return "Nothing to compare: no object matches --only.";
  }
  const rules = hidden === 0
    ? ""
    : ` ${counted(hidden, "change is", "changes are")} hidden by rules (--show-ignored shows ${
      hidden === 1 ? "it" : "them"
    }).`;
  const text = report.operation === "revision"
    ? recordSummary(report)
    : report.operation === "live"
    ? liveSummary(report)
    : planSummary(report);
  return `${text}${rules}`;
}

function liveSummary({ objects, summary }: ChangeReport): string {
  const { selected, objects: all = 0 } = summary;
  const compared = selected ?? all;
  const drifted = objects.filter(({ action }) => action !== "none").length;
  const dropped = unknownText(summary.unknown ?? 0);
  if (drifted === 0) {
    return `No drift: ${
      counted(compared, "object is as the record says", "objects are as the record says")
    }.${dropped}`;
  }
  return `${drifted} of ${counted(compared, "object")} ${drifted === 1 ? "differs" : "differ"}.${dropped}`;
}

/** Returns the sentences of a plan: what changes, what is deleted, what stays drifted, and who predicted it. */
function planSummary({ objects, summary, release, apply }: ChangeReport): string {
  const { created = 0, changed = 0, deleted = 0, kept = 0, adopted = 0, refused = 0, unchanged = 0 } = summary;
  const { hooks = 0, drifted = 0, held = 0, unknown = 0, local = 0 } = summary;
  const parts = [
    ...created === 0 ? [] : [counted(created, "object is created", "objects are created")],
    ...changed === 0 ? [] : [counted(changed, "object changes", "objects change")],
    ...adopted === 0 ? [] : [counted(adopted, "object is taken over", "objects are taken over")],
    ...refused === 0 ? [] : [counted(refused, "object is refused", "objects are refused")],
    ...deleted === 0 ? [] : [deletedText(deleted, refused)],
    ...kept === 0 ? [] : [counted(kept, "object is kept", "objects are kept")],
    ...unchanged === 0 ? [] : [counted(unchanged, "object stays as it is", "objects stay as they are")],
    ...hooks === 0 ? [] : [counted(hooks, "hook runs", "hooks run")],
  ];
  const moves = objects.filter(({ action }) => action !== "none" && action !== "keep").length;
  const runs = hooks === 0 ? "" : ` ${counted(hooks, "hook")} would run.`;
  const isDrifted = drifted > 0 && apply !== "three-way" && apply !== "server-side";
  const foreign = held === 0
    ? ""
    : ` ${counted(held, "field is kept for another manager", "fields are kept for other managers")}.`;
  const rest = `${foreign}${unknownText(unknown)}`;
  if (moves === 0 && kept === 0 && isDrifted) return `${driftText(drifted)}${runs}${rest}`;
  const same = unchanged === 0 && summary.selected !== undefined
    ? ""
    : `: ${counted(unchanged, "object is", "objects are")} as revision ${release.from ?? "none"} says`;
  const first = moves === 0 && kept === 0
    ? `No changes${same}.${runs}`
    : `${parts.map((part, at) => at === 0 ? part : part.replace(/^(\d+) objects?/, "$1")).join(", ")}.`;
  const nothing = moves > 0 && deleted === 0 ? " Nothing is deleted." : "";
  const drift = !isDrifted
    ? ""
    : ` ${counted(drifted, "field stays", "fields stay")} drifted; --apply three-way would put ` +
      `${drifted === 1 ? "it" : "them"} back.`;
  const here = local === 0 ? "" : ` ${counted(local, "object was", "objects were")} predicted here, not by the server.`;
  return `${first}${nothing}${drift}${rest}${here}`;
}

/** Returns the sentence about fields that the server does not know; empty if there are none. */
function unknownText(unknown: number): string {
  if (unknown === 0) return "";
  return ` ${
    counted(
      unknown,
      "field is unknown to the server, which drops it",
      "fields are unknown to the server, which drops them",
    )
  }.`;
}

/** Returns the sentences for a plan that changes nothing, in a cluster that has drifted. */
function driftText(drifted: number): string {
  const [fields, have, stay, them] = drifted === 1
    ? ["field", "has", "stays", "it"]
    : ["fields", "have", "stay", "them"];
  return `Nothing would change; ${drifted} ${fields} ${have} drifted and ${stay} so. ` +
    `--apply three-way would put ${them} back.`;
}

/** A refusal ends the operation before it deletes anything. */
function deletedText(deleted: number, refused: number): string {
  if (refused > 0) return counted(deleted, "object would be deleted", "objects would be deleted");
  return counted(deleted, "object is deleted", "objects are deleted");
}

function recordSummary({ objects, summary }: ChangeReport): string {
  const { created = 0, deleted = 0, unchanged = 0 } = summary;
  if (objects.length === 0) return `No differences: ${counted(unchanged, "object is", "objects are")} the same.`;
  const differ = objects.length - created - deleted;
  const parts = [
    ...differ === 0 ? [] : [counted(differ, "object differs", "objects differ")],
    ...created === 0 ? [] : [counted(created, "object is new", "objects are new")],
    ...deleted === 0 ? [] : [counted(deleted, "object is gone", "objects are gone")],
    ...unchanged === 0 ? [] : [counted(unchanged, "object is the same", "objects are the same")],
  ];
  return `${parts.map((part, at) => at === 0 ? part : part.replace(/ objects?/, "")).join(", ")}.`;
}
