/**
 * Lint: checks charts with Helm 2's rules and skeg's own.
 *
 * @module
 */
export type { Timestamp } from "../../model/mod.ts";
export { lintChart } from "./lint_chart.ts";
export { formatMessage, hasFailed, type LintMessage, type Severity } from "./linter.ts";
export type { LintOptions, TraceRender } from "./template_rules.ts";
