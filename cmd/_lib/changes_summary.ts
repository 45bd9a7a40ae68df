/**
 * The first line and the last sentences of a report.
 *
 * @module
 */
import type { ChangeReport, Moved } from "../../engine/kube/explain/mod.ts";
import { counted } from "./changes_layout.ts";

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
  const { hidden = 0 } = report.summary;
  const rules = hidden === 0
    ? ""
    : ` ${counted(hidden, "change is", "changes are")} hidden by rules (--show-ignored shows ${
      hidden === 1 ? "it" : "them"
    }).`;
  return `${report.operation === "revision" ? recordSummary(report) : ""}${rules}`.trim();
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
