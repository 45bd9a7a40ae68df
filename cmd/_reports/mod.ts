/**
 * Kinds of reports of chart tests.
 *
 * @module
 */
import { json, tap } from "./machine_reports.ts";
import { junit, nunit, sonar, type WriteReport, xunit } from "./xml_reports.ts";

export type { ReportFacts, WriteReport } from "./xml_reports.ts";

/** Writers by name, in lower case. */
export const REPORTS: Readonly<Record<string, WriteReport>> = { junit, nunit, xunit, sonar, tap, json };

/** Formats of coverage. */
export const COVERAGE_NAMES: readonly string[] = ["text", "html", "lcov", "cobertura", "json"];

/** Names as help shows them. */
export const REPORT_NAMES: readonly string[] = ["JUnit", "NUnit", "XUnit", "Sonar", "TAP", "json"];
