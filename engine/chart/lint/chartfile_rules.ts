/**
 * Rules about `Chart.yaml`.
 *
 * Source: Helm 2.17.0, `pkg/lint/rules/chartfile.go`.
 *
 * @module
 */
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { ChartMetadata } from "../../model/mod.ts";
import { API_VERSION, decodeMetadata, readChartText } from "../load/mod.ts";
import { parseConstraint, parseVersion } from "../../lang/semver/mod.ts";
import { isEmail, isRequestUrl, isUrl } from "./address.ts";
import { type Findings, notYaml } from "./linter.ts";

const FILE = "Chart.yaml";

/** Engines that Helm 2 supports; exact spelling. */
const ENGINES = ["gotpl"];
/** The engine that only skeg supports. Messages about other engines are Helm's. */
const OWN_ENGINE = "eta";

/** Checks a chart's metadata; `folder` is absolute. */
export async function checkChartfile(folder: string, findings: Findings): Promise<void> {
  const path = join(folder, FILE);
  findings.check("ERROR", FILE, isFolder(path) ? "should be a file, not a directory" : undefined);
  let metadata: ChartMetadata;
  try {
    metadata = decodeMetadata(readChartText(path));
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    findings.check("ERROR", FILE, notYaml(error));
    return;
  }
  const name = metadata.name;
  findings.check("ERROR", FILE, name === "" ? "name is required" : undefined);
  findings.check(
    "WARNING",
    FILE,
    name.includes(".")
      ? "name should be lower case letters and numbers. Words may be separated with dashes"
      : undefined,
  );
  const base = basename(folder);
  findings.check(
    "ERROR",
    FILE,
    name === base ? undefined : `directory name (${base}) and chart name (${name}) must be the same`,
  );
  findings.check("ERROR", FILE, apiVersionProblem(metadata.apiVersion ?? ""));
  findings.check("ERROR", FILE, versionProblem(metadata.version ?? ""));
  findings.check("ERROR", FILE, engineProblem(metadata.engine ?? ""));
  findings.check("ERROR", FILE, await maintainerProblem(metadata));
  const source = metadata.sources?.find((url) => !isRequestUrl(url));
  findings.check("ERROR", FILE, source === undefined ? undefined : `invalid source URL '${source}'`);
  const icon = metadata.icon ?? "";
  findings.check("INFO", FILE, icon === "" ? "icon is recommended" : undefined);
  findings.check("ERROR", FILE, icon === "" || isRequestUrl(icon) ? undefined : `invalid icon URL '${icon}'`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function apiVersionProblem(version: string): string | undefined {
  if (version === "") return "apiVersion is required";
  return version === API_VERSION
    ? undefined
    : `apiVersion '${version}' is not valid. The value must be "${API_VERSION}"`;
}

function versionProblem(text: string): string | undefined {
  if (text === "") return "version is required";
  let version;
  try {
    version = parseVersion(text);
  } catch {
    return `version '${text}' is not a valid SemVer`;
  }
  const [reason] = parseConstraint(">0.0.0-0").validate(version);
  return reason === undefined ? undefined : `version ${reason}`;
}

function engineProblem(engine: string): string | undefined {
  if (engine === "" || engine === OWN_ENGINE || ENGINES.includes(engine)) return undefined;
  return `engine '${engine}' not valid. Valid options are [${ENGINES.join(" ")}]`;
}

async function maintainerProblem({ maintainers = [] }: ChartMetadata): Promise<string | undefined> {
  for (const { name = "", email = "", url = "" } of maintainers) {
    if (name === "") return "each maintainer requires a name";
    if (email !== "" && !await isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== "" && !await isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}
