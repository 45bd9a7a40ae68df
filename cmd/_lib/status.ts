/**
 * The status of a release as text, JSON or YAML, for `status`, and for the end of `install` and `upgrade`.
 *
 * Source: Helm 2.17.0, `cmd/helm/status.go`.
 *
 * @module
 */
import type { StatusOptions, StatusResult } from "../../engine/release/mod.ts";
import {
  type Info,
  type Status,
  STATUS_CODES,
  TEST_STATUSES,
  type TestSuite,
  type Timestamp,
} from "../../engine/model/mod.ts";
import type { Workplace } from "./environment.ts";
import type { OutputFormat } from "./flags.ts";
import type { Printer } from "./print.ts";
import { alignBlanks, table } from "./table.ts";
import { jsonText, timeText, yamlText } from "./text.ts";

/** A release's status. */
export interface ReleaseStatus extends Partial<Pick<StatusResult, "revision" | "objects">> {
  readonly name: string;
  readonly namespace: string;
  readonly info: Info;
}

/** Prints a status in a format. */
export function printStatus(status: ReleaseStatus, format: OutputFormat, print: Printer): void {
  const document = () => status.objects === undefined ? statusDocument(status) : ownDocument(status);
  if (format === "json") print.out(`${jsonText(document())}\n`);
  else if (format === "yaml") print.out(`${yamlText(document())}\n`);
  else print.out(statusText(status));
}

/** Returns Helm's document with the keys that skeg adds: the name of the state, the revision, the objects. */
function ownDocument(status: ReleaseStatus): Record<string, unknown> {
  const { revision, objects, info } = status;
  return { ...statusDocument(status), revision, status: info.status.code, objects };
}

/** Returns the status as text. */
export function statusText({ namespace, info }: ReleaseStatus): string {
  const { code, resources, notes, lastTestSuiteRun: suite } = info.status;
  let text = "";
  if (info.lastDeployed !== undefined) text += `LAST DEPLOYED: ${timeText(info.lastDeployed)}\n`;
  text += `NAMESPACE: ${namespace}\nSTATUS: ${code}\n\n`;
  if (resources !== "") text += alignBlanks(`RESOURCES:\n${resources}\n`);
  if (suite !== undefined) text += suiteText(suite);
  if (notes !== "") text += `NOTES:\n${notes}\n`;
  return text;
}

function suiteText(suite: TestSuite): string {
  const rows = suite.results.map((run) => [
    run.name,
    run.status.padEnd(10),
    run.info,
    timeText(run.startedAt),
    timeText(run.completedAt),
  ]);
  const results = table([["TEST", "STATUS", "INFO", "STARTED", "COMPLETED"], ...rows], 50);
  return `TEST SUITE:\nLast Started: ${timeText(suite.startedAt)}\nLast Completed: ${timeText(suite.completedAt)}\n\n` +
    `${results}\n`;
}

/** Leaves out zero and empty fields, as in Helm's documents. */
export function sparse(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== undefined && value !== "" && value !== 0 && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

const timeDocument = (time: Timestamp | undefined) => time && sparse({ seconds: time.seconds, nanos: time.nanos });

/** Returns the status as a document; codes are numbers. */
export function statusDocument({ name, namespace, info }: ReleaseStatus): Record<string, unknown> {
  return sparse({
    name,
    info: sparse({
      status: statusFields(info.status),
      first_deployed: timeDocument(info.firstDeployed),
      last_deployed: timeDocument(info.lastDeployed),
      deleted: timeDocument(info.deleted),
      Description: info.description,
    }),
    namespace,
  });
}

function statusFields(status: Status): Record<string, unknown> {
  const suite = status.lastTestSuiteRun;
  return sparse({
    code: STATUS_CODES.indexOf(status.code),
    resources: status.resources,
    notes: status.notes,
    last_test_suite_run: suite && sparse({
      started_at: timeDocument(suite.startedAt),
      completed_at: timeDocument(suite.completedAt),
      results: suite.results.map((run) =>
        sparse({
          name: run.name,
          status: TEST_STATUSES.indexOf(run.status),
          info: run.info,
          started_at: timeDocument(run.startedAt),
          completed_at: timeDocument(run.completedAt),
        })
      ),
    }),
  });
}

/** Reads a release's current status and prints it; a revision that was just recorded is not read again. */
export async function printCurrentStatus(
  { environment, operations }: Workplace,
  options: StatusOptions,
  format: OutputFormat,
  print: Printer,
): Promise<void> {
  printStatus(await operations.status(environment, options), format, print);
}
