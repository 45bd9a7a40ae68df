/**
 * `package`: packs chart folders into archives.
 *
 * Source: Helm 2.17.0, `cmd/helm/package.go`.
 *
 * @module
 */
import { callerOf } from "../_lib/caller.ts";
import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { SkegError } from "../../errors.ts";
import { checkRequirements, loadFolder, loadRequirements } from "../../engine/chart/load/mod.ts";
import { saveArchive, saveProvenance, saveToLocalRepository, signArchive } from "../../engine/chart/package/mod.ts";
import { parseVersion } from "../../engine/lang/semver/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { type Context, defineCommand, defineFlags, type Variables } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { defaultKeyring } from "../_lib/flags.ts";
import { helmHome } from "../../app/home.ts";
import { logTo } from "../_lib/log.ts";
import { askPassphrase } from "../_lib/passphrase.ts";
import type { Printer } from "../_lib/print.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";
import { UsageError } from "../_lib/usage_error.ts";

const FLAGS = defineFlags({
  "app-version": { type: "string", usage: "Set the appVersion on the chart to this version" },
  "dependency-update": {
    type: "bool",
    short: "u",
    usage: 'Update dependencies from "requirements.yaml" to dir "charts/" before packaging',
  },
  "destination": {
    type: "string",
    complete: "folder",
    short: "d",
    usage: "Location to write the chart.",
    default: ".",
  },
  "key": { type: "string", usage: "Name of the key to use when signing. Used if --sign is true" },
  "keyring": { type: "string", complete: "file", usage: "Location of a public keyring", default: defaultKeyring },
  "save": { type: "bool", usage: "Save packaged chart to local chart repository", default: true },
  ...DOCUMENT_FLAG,
  "sign": { type: "bool", usage: "Use a PGP private key to sign this package" },
  "version": { type: "string", usage: "Set the version on the chart to this semver version" },
});

type PackageContext = Context<typeof FLAGS>;

/** `package`. */
export const command = defineCommand({
  usage: "[flags] [CHART_PATH] [...]",
  completes: { sources: ["folder"], many: true },
  long: `
Packs chart folders into archives, NAME-VERSION.tgz, as chart repositories hold
them. A folder must be named after its chart.

The same files give the same archive, byte for byte: entries have a fixed time, or
that of $SOURCE_DATE_EPOCH. Unless '--save=false' is given, the archive is also put
into the local repository, $HELM_HOME/repository/local.`,
  example: `  helm package ./web
  helm package ./web --version 1.2.3 --app-version 7 --destination dist --save=false
  helm package ./web --sign --key 'Ann <ann@example.com>' --keyring ~/.gnupg/secring.gpg`,
  flags: FLAGS,
  run: async (context) => {
    const { args, flags } = context;
    if (args.length === 0) {
      throw new UsageError("need at least one argument, the path to the chart", {
        type: "arguments",
        wanted: ["chart path"],
        given: args,
      });
    }
    if (flags.sign && flags.key === "") throw unsigned("--key is required for signing a package");
    if (flags.sign && flags.keyring === "") throw unsigned("--keyring is required for signing a package");
    const format = documentFormat(flags.output);
    const packages: PackagedChart[] = [];
    for (const path of args) packages.push(await packageOne(path, context));
    if (format !== undefined) printDocument("Packages", { packages }, format, context.print);
  },
});

/** A packaged chart, in a document. */
interface PackagedChart {
  readonly name: string;
  readonly version: string;
  /** The archive. */
  readonly path: string;
}

async function packageOne(path: string, context: PackageContext): Promise<PackagedChart> {
  const { flags, globals, print, variables } = context;
  const debug = (text: string): void => globals.debug ? print.out(`[debug] ${text}\n`) : undefined;
  const folder = resolve(path);
  if (flags["dependency-update"]) {
    const [{ updateDependencies }, { dependencyOptions }] = await Promise.all([
      import("../../engine/chart/repo/mod.ts"),
      import("../../app/dependencies.ts"),
    ]);
    const options = dependencyOptions(callerOf(context), { keyring: flags.keyring });
    await whileHolding(context, () => updateDependencies(folder, options), DOWNLOAD_GRACE);
  }
  const chart = changed(await load(folder, print), context, debug);
  const { name } = chart.metadata;
  if (basename(folder) !== name) {
    throw new SkegError("chart", `directory name (${basename(folder)}) and Chart.yaml name (${name}) must match`);
  }
  // Helm 2: errors of the requirements list have no prefix here; other commands add one.
  loadRequirements(chart);
  checkRequirements(chart);
  const options = { modifiedSeconds: archiveTime(variables) };
  const archive = save(() => saveArchive(chart, flags.destination === "." ? resolve(".") : flags.destination, options));
  if (flags.output === "") print.out(`Successfully packaged chart and saved it to: ${archive}\n`);
  if (flags.save) {
    const local = helmHome(globals.home, variables).path("repository", "local");
    saveToLocalRepository(chart, local, new Date(), options);
    debug(`Successfully saved ${archive} to ${local}\n`);
  }
  if (flags.sign) await sign(archive, context, debug);
  return { name, version: chart.metadata.version ?? "", path: archive };
}

/** Writes the provenance file of an archive beside it. */
async function sign(archive: string, context: PackageContext, debug: (text: string) => void): Promise<void> {
  const { key, keyring } = context.flags;
  const passphrase = (owner: string): Promise<string> => Promise.resolve(askPassphrase(owner, context));
  const text = await signArchive(archive, { key, keyring, passphrase });
  debug(text);
  saveProvenance(archive, text);
}

/** Loads a chart folder. Helm 2: a path that is not a folder counts as one without Chart.yaml. */
async function load(folder: string, print: Printer): Promise<Chart> {
  const isThere = existsSync(folder);
  if (!isThere || !statSync(folder).isDirectory()) {
    const { pathAdvice } = await import("../../app/chart_advice.ts");
    const hint = isThere ? `${folder} is a file: a chart that is packaged is a folder.` : await pathAdvice(folder);
    throw new SkegError("chart", "chart metadata (Chart.yaml) missing", { hint });
  }
  return loadFolder(folder, { warn: logTo(print) });
}

function unsigned(message: string): SkegError {
  return new SkegError("usage", message, {
    hint: "Name the key and its file: 'skeg package CHART --sign --key NAME --keyring ~/.gnupg/secring.gpg'.",
  });
}

function checkVersion(version: string): void {
  try {
    parseVersion(version);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const hint = `${JSON.stringify(version)} is not a version: write --version 1.2.3.`;
    throw new SkegError(error.kind, error.message, { cause: error, hint });
  }
}

/** Returns the chart with the versions of the flags. */
function changed(chart: Chart, { flags }: PackageContext, debug: (text: string) => void): Chart {
  let { metadata } = chart;
  if (flags.version !== "") {
    checkVersion(flags.version);
    metadata = { ...metadata, version: flags.version };
    debug(`Setting version to ${flags.version}`);
  }
  if (flags["app-version"] !== "") {
    metadata = { ...metadata, appVersion: flags["app-version"] };
    debug(`Setting appVersion to ${flags["app-version"]}`);
  }
  return { ...chart, metadata };
}

function save(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `Failed to save: ${error.message}`, { cause: error });
  }
}

/** Returns the time for archive entries from SOURCE_DATE_EPOCH, if set. */
function archiveTime(variables: Variables): number | undefined {
  const text = variables("SOURCE_DATE_EPOCH") ?? "";
  return /^\d{1,11}$/.test(text) ? Number(text) : undefined;
}
