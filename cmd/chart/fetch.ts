/**
 * `fetch`: downloads charts from repositories.
 *
 * Source: Helm 2.17.0, `cmd/helm/fetch.go`.
 *
 * @module
 */
import { lstat, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { expandArchive } from "../../engine/chart/load/mod.ts";
import { downloadChart, findChartAddress, plainAccess } from "../../engine/chart/repo/mod.ts";
import { versionRange } from "../../app/find_chart.ts";
import type { Caller } from "../../app/caller.ts";
import { accessOf, callerOf, debugVersion, verifyOf } from "../_lib/caller.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { fetchOptions, givenAccess } from "../../app/fetching.ts";
import { CHART_SERVER_FLAGS, defaultKeyring, VERIFY_STRICT_FLAG } from "../_lib/flags.ts";
import { tellNote } from "../_lib/log.ts";
import { downloadOci } from "../../app/oci.ts";
import { isOci } from "../../app/oci_address.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { isVerifying, verification } from "../../app/verification.ts";

const FLAGS = defineFlags({
  ...CHART_SERVER_FLAGS,
  "destination": {
    type: "string",
    complete: "folder",
    short: "d",
    usage: "Location to write the chart. If this and tardir are specified, tardir is appended to this",
    default: ".",
  },
  "devel": {
    type: "bool",
    usage: "Use development versions, too. Equivalent to version '>0.0.0-0'. If --version is set, this is ignored.",
  },
  "keyring": { type: "string", complete: "file", usage: "Keyring containing public keys", default: defaultKeyring },
  "password": { type: "string", usage: "Chart repository password" },
  "prov": { type: "bool", usage: "Fetch the provenance file, but don't perform verification" },
  "repo": { type: "string", usage: "Chart repository url where to locate the requested chart" },
  "untar": { type: "bool", usage: "If set to true, will untar the chart after downloading it" },
  "untardir": {
    type: "string",
    complete: "folder",
    usage: "If untar is specified, this flag specifies the name of the directory into which the chart is expanded",
    default: ".",
  },
  "username": { type: "string", usage: "Chart repository username" },
  "verify": { type: "bool", usage: "Verify the package against its signature" },
  ...VERIFY_STRICT_FLAG,
  "version": {
    type: "string",
    complete: "chart-version",
    usage: "Specific version of a chart. Without this, the latest version is fetched",
  },
});

type FetchContext = Context<typeof FLAGS>;

/** `fetch`. */
export const command = defineCommand({
  usage: "[flags] [chart URL | repo/chartname] [...]",
  completes: { sources: ["chart"], many: true },
  long: `
Downloads charts, as archives or, with '--untar', as folders, and installs nothing.

A chart is named by repository and name (stable/web), by its address, which may be
one of an OCI registry (oci://host/path/web), or by its name and the address of its
repository ('--repo'). '--version' takes a version or a range.

With '--verify' the chart must have a provenance file that a key of the keyring
has signed, for this name and version; '--prov' downloads that file without checking
it. '--verify-strict' also refuses signatures by SHA-1 and short keys, expired keys, and
an archive whose digest differs from the one in the repository's index.

An archive of the same chart is replaced. Other existing files are kept, and so is an
existing folder to which the chart would be unpacked.`,
  example: `  helm fetch stable/mysql --version '^1.2'
  helm fetch stable/mysql --untar --untardir charts
  helm fetch mysql --repo https://charts.example.com --username ann --password "$PASSWORD"
  helm fetch stable/mysql --verify-strict --keyring keys.asc`,
  flags: FLAGS,
  run: async (context) => {
    const { args } = context;
    if (args.length === 0) {
      throw new UsageError("need at least one argument, url or repo/name of the chart", {
        type: "arguments",
        wanted: ["repository/chart"],
        given: [],
      });
    }
    debugVersion(context.flags, context, false);
    for (const reference of args) await fetchOne(reference, context);
  },
});

async function fetchOne(reference: string, context: FetchContext): Promise<void> {
  const { untar, destination } = context.flags;
  if (!untar) return void await download(reference, destination, context);
  await whileHolding(context, async () => {
    const staging = await mkdtemp(join(tmpdir(), "helm-"));
    try {
      await unpack(await download(reference, staging, context), context);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }, DOWNLOAD_GRACE);
}

/** A chart that was fetched. */
interface Fetched {
  /** The requested reference, or the address that it resolved to. */
  readonly chart: string;
  /** The chart's name, if it was requested by name. */
  readonly name: string | undefined;
  /** Path of the archive. */
  readonly path: string;
}

/** Downloads one chart into a folder. */
async function download(reference: string, folder: string, context: FetchContext): Promise<Fetched> {
  const { flags, print } = context;
  if (flags.repo === "" && isOci(reference)) return await downloadFromRegistry(reference, folder, context);
  const caller = callerOf(context);
  const options = fetchOptions(caller);
  const given = givenAccess(accessOf(flags));
  const repository = flags.repo === "" ? undefined : { ...plainAccess(flags.repo), ...given };
  const range = versionRange(flags);
  const listed = repository === undefined ? undefined : await findChartAddress(reference, range, repository, options);
  const chart = listed?.url ?? reference;
  const { path, name, verification: found } = await downloadChart(chart, range, folder, {
    ...options,
    access: repository ?? given,
    asked: listed?.asked,
    folderIs: flags.untar ? "staging" : "user",
    ...verification(verifyOf(flags), caller.tell),
    provenance: provenance(flags),
    report: caller.tell.say,
  }).catch(async (error) => {
    throw error instanceof SkegError && listed === undefined
      ? await withChartAdvice(error, chart, range, caller)
      : error;
  });
  if (isVerifying(verifyOf(flags))) print.out(`Verification: ${verificationText(found)}\n`);
  return { chart, name, path };
}

async function downloadFromRegistry(reference: string, folder: string, context: FetchContext): Promise<Fetched> {
  const { flags, print } = context;
  const caller = callerOf(context);
  const { path, name, verification: found } = await downloadOci(reference, folder, {
    ...verification(verifyOf(flags), caller.tell),
    access: accessOf(flags),
    range: versionRange(flags),
    provenance: provenance(flags),
    folderIs: flags.untar ? "staging" : "user",
  }, caller);
  if (isVerifying(verifyOf(flags))) print.out(`Verification: ${verificationText(found)}\n`);
  return { chart: reference.replace(/(?::[^:/]*)?(?:@[^/]*)?$/, ""), name, path };
}

function provenance(flags: FetchContext["flags"]): "always" | "later" | "never" {
  if (isVerifying(verifyOf(flags))) return "always";
  return flags.prov ? "later" : "never";
}

/** Returns the result of a verification; Helm 2 shows a memory address instead of the signer's names. */
function verificationText(found: unknown): string {
  const { signedBy = [], digest = "", fileName = "" } = (found ?? {}) as Partial<
    { signedBy: readonly string[]; digest: string; fileName: string }
  >;
  return `&{${signedBy.join(", ")} ${digest} ${fileName}}`;
}

/** Unpacks an archive below `--untardir`. */
async function unpack({ chart, name, path }: Fetched, { flags, print }: FetchContext): Promise<void> {
  const { untardir, destination } = flags;
  const folder = isAbsolute(untardir) ? untardir : join(destination, untardir);
  const target = join(folder, chart.slice(chart.lastIndexOf("/") + 1));
  if (await lstat(target).catch(() => undefined)) {
    throw new SkegError("exists", `Failed to untar: a file or directory with the name ${target} already exists`);
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    const { code } = error as { code?: unknown };
    const isFile = code === "EEXIST" || code === "ENOTDIR";
    const reason = isFile ? `mkdir ${folder}: not a directory` : fileError("mkdir", folder, error).message;
    throw new SkegError("io", `Failed to untar (mkdir): ${reason}`, { cause: error });
  }
  try {
    expandArchive(folder, await readFile(path), { name, warn: (text) => tellNote(print, text) });
  } catch (error) {
    // The chart's name may differ from the reference's, which was checked above.
    if (!(error instanceof SkegError) || error.kind !== "exists") throw error;
    throw new SkegError("exists", `Failed to untar: ${error.message}`, { cause: error });
  }
}

/** Returns the error with the chart, repository or version that was meant. */
async function withChartAdvice(error: SkegError, chart: string, range: string, caller: Caller): Promise<SkegError> {
  if (error.hint !== undefined || error.kind === "aborted") return error;
  const { chartAdvice } = await import("../../app/chart_advice.ts");
  const { kind, message, details, exitCode } = error;
  return new SkegError(kind, message, {
    cause: error,
    hint: await chartAdvice(chart, range, caller),
    details,
    exitCode,
  });
}
