/**
 * The output of `list`: a table, names, or a document.
 *
 * Source: Helm 2.17.0, `cmd/helm/list.go`.
 *
 * @module
 */
import type { FleetError } from "../../app/fleet.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { Finding, Helm3Mark } from "../../engine/release/mod.ts";
import type { Context } from "./command.ts";
import { tableFor } from "./screen_table.ts";
import { jsonText, timeText, yamlText } from "./text.ts";

/** A release of the list. */
export interface ListedRelease {
  /** Its newest listed revision. */
  readonly release: Release;
  /** The context of its cluster; absent when only one cluster is listed. */
  readonly context?: string | undefined;
  /** Results of its examination; absent when it was not examined. */
  readonly findings?: readonly Finding[] | undefined;
  /** The newest revision of Helm 3; null: it has none; absent: not asked for, or unknown. */
  readonly helm3?: Helm3Mark | null | undefined;
}

/** Options of {@linkcode listText}. */
export interface ListTextOptions {
  /** Name with which the next page begins; empty when this is the last. */
  readonly next: string;
  /** Empty: a table. */
  readonly format: "" | "json" | "yaml";
  /** With several contexts: the clusters that gave no result. */
  readonly errors?: readonly FleetError[] | undefined;
}

/** The parts of the command's context that the output depends on. */
type ListLook = Pick<Context, "print" | "given"> & {
  readonly flags: {
    readonly short: boolean;
    readonly "col-width": number;
    readonly health: boolean;
    readonly helm3: boolean;
  };
};

/** On a terminal: a name is typed into the next command, and half a time or a chart's first letters say nothing. */
const LEAST = { CONTEXT: Infinity, NAME: Infinity, HEALTH: Infinity, "HELM 3": Infinity, UPDATED: 16, CHART: 16 };
/** Columns that a narrow terminal leaves out, the first one first. */
const SPARE = ["UPDATED", "APP VERSION", "CHART", "NAMESPACE", "REVISION"];

/** Returns the text of a list. Helm's keys and columns come first, ours beside them. */
export function listText(
  listed: readonly ListedRelease[],
  { next, format, errors }: ListTextOptions,
  { print, flags, given }: ListLook,
): string {
  const isFleet = errors !== undefined;
  const names = listed.map(({ context, release: { name } }) => isFleet ? `${context}/${name}` : name);
  if (format !== "") {
    const rows = listed.map(({ context, release, findings, helm3 }) => ({
      ...isFleet ? { Context: context } : {},
      ...cells(release),
      ...findings === undefined ? {} : { Findings: findings.map(shortFinding) },
      ...helm3 === undefined ? {} : { Helm3: helm3 },
    }));
    const releases = flags.short ? names : rows;
    const document = isFleet
      ? { Next: next, Releases: releases, errors }
      : flags.short
      ? names
      : { Next: next, Releases: rows };
    return format === "json" ? jsonText(document) : yamlText(document);
  }
  if (flags.short) return names.join("\n");
  const heading = ["NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "NAMESPACE"];
  const columns = [
    ...isFleet ? ["CONTEXT"] : [],
    ...heading,
    ...flags.health ? ["HEALTH"] : [],
    ...flags.helm3 ? ["HELM 3"] : [],
  ];
  const lines = listed.map(({ context = "", release, findings, helm3 }) => [
    ...isFleet ? [context] : [],
    ...Object.values(cells(release)).map(String),
    ...flags.health ? [healthOf(findings ?? [])] : [],
    ...flags.helm3 ? [helm3 === undefined ? "unknown" : helm3 === null ? "" : `${helm3.revision} ${helm3.status}`] : [],
  ]);
  const text = tableFor(print, [columns, ...lines], {
    limit: flags["col-width"],
    isLimitGiven: given.has("col-width"),
    least: LEAST,
    spare: SPARE,
  });
  return next === "" ? text : `\tnext: ${next}\n${text}`;
}

function cells({ name, revision, namespace, info, chart }: Release) {
  return {
    Name: name,
    Revision: revision,
    Updated: timeText(info.lastDeployed),
    Status: info.status.code,
    Chart: `${chart?.metadata.name ?? ""}-${chart?.metadata.version ?? ""}`,
    AppVersion: chart?.metadata.appVersion ?? "",
    Namespace: namespace,
  };
}

/** Returns the findings in a few words, such as `broken: R2, R15`. */
function healthOf(findings: readonly Finding[]): string {
  const worst = (["broken", "warning", "note"] as const).find((severity) =>
    findings.some((finding) => finding.severity === severity)
  );
  return worst === undefined ? "healthy" : `${worst}: ${[...new Set(findings.map(({ id }) => id))].join(", ")}`;
}

function shortFinding({ id, name, severity, title, revision }: Finding) {
  return { id, name, severity, title, revision };
}
