/**
 * `fetch`: charts from repositories to files here.
 *
 * Source: Helm 2.17.0, `cmd/helm/fetch.go`.
 *
 * @module
 */
import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileError, SkegError } from "../errors.ts";
import { expandArchive } from "../engine/chart/mod.ts";
import { downloadChart, findChartAddress, plainAccess } from "../engine/repo/mod.ts";
import { debugVersion, verification, versionRange } from "./_chart_path.ts";
import { type Context, defineCommand, defineFlags } from "./_command.ts";
import { fetchOptions, givenAccess } from "./_fetching.ts";
import { defaultKeyring } from "./_flags.ts";
import { downloadOci } from "./_oci.ts";
import { isOci } from "./_oci_address.ts";
import { DOWNLOAD_GRACE, whileHolding } from "./_signals.ts";

const FLAGS = defineFlags({
  "ca-file": { type: "string", usage: "Verify certificates of HTTPS-enabled servers using this CA bundle" },
  "cert-file": { type: "string", usage: "Identify HTTPS client using this SSL certificate file" },
  "destination": {
    type: "string",
    short: "d",
    usage: "Location to write the chart. If this and tardir are specified, tardir is appended to this",
    default: ".",
  },
  "devel": {
    type: "bool",
    usage: "Use development versions, too. Equivalent to version '>0.0.0-0'. If --version is set, this is ignored.",
  },
  "key-file": { type: "string", usage: "Identify HTTPS client using this SSL key file" },
  "keyring": { type: "string", usage: "Keyring containing public keys", default: defaultKeyring },
  "password": { type: "string", usage: "Chart repository password" },
  "prov": { type: "bool", usage: "Fetch the provenance file, but don't perform verification" },
  "repo": { type: "string", usage: "Chart repository url where to locate the requested chart" },
  "untar": { type: "bool", usage: "If set to true, will untar the chart after downloading it" },
  "untardir": {
    type: "string",
    usage: "If untar is specified, this flag specifies the name of the directory into which the chart is expanded",
    default: ".",
  },
  "username": { type: "string", usage: "Chart repository username" },
  "verify": { type: "bool", usage: "Verify the package against its signature" },
  "version": {
    type: "string",
    usage: "Specific version of a chart. Without this, the latest version is fetched",
  },
});

type FetchContext = Context<typeof FLAGS>;

/** `fetch`. */
export const command = defineCommand({
  usage: "[flags] [chart URL | repo/chartname] [...]",
  long: `
Downloads charts, as archives or, with '--untar', as folders, and installs nothing.

A chart is named by repository and name (stable/web), by its address, which may be
one of an OCI registry (oci://host/path/web), or by its name and the address of its
repository ('--repo'). '--version' takes a version or a range.

With '--verify' the chart must have a provenance file that a key of the keyring
has signed; '--prov' downloads that file and leaves checking to you.`,
  example: `  helm fetch stable/mysql --version '^1.2'
  helm fetch stable/mysql --untar --untardir charts
  helm fetch mysql --repo https://charts.example.com --username ann --password "$PASSWORD"`,
  flags: FLAGS,
  run: async (context) => {
    const { args } = context;
    if (args.length === 0) {
      throw new SkegError("usage", "need at least one argument, url or repo/name of the chart");
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
      const { chart, path } = await download(reference, staging, context);
      await unpack(chart, path, context);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }, DOWNLOAD_GRACE);
}

/** Downloads one chart into a folder; returns what it was asked for as, and its path. */
async function download(
  reference: string,
  folder: string,
  context: FetchContext,
): Promise<{ chart: string; path: string }> {
  const { flags, print } = context;
  if (flags.repo === "" && isOci(reference)) return await downloadFromRegistry(reference, folder, context);
  const options = fetchOptions(context);
  const given = givenAccess(flags);
  const repository = flags.repo === "" ? undefined : { ...plainAccess(flags.repo), ...given };
  const range = versionRange(flags);
  const chart = repository === undefined ? reference : await findChartAddress(reference, range, repository, options);
  const { path, verification: found } = await downloadChart(chart, range, folder, {
    ...options,
    access: repository ?? given,
    ...verification(flags),
    provenance: provenance(flags),
    report: (text) => print.out(text),
  });
  if (flags.verify) print.out(`Verification: ${verificationText(found)}\n`);
  return { chart, path };
}

async function downloadFromRegistry(
  reference: string,
  folder: string,
  context: FetchContext,
): Promise<{ chart: string; path: string }> {
  const { flags, print } = context;
  const wanted = provenance(flags);
  const { path } = await downloadOci(
    reference,
    folder,
    { ...flags, range: versionRange(flags), provenance: wanted },
    context,
  );
  if (flags.verify) print.out(`Verification: ${verificationText(await verification(flags).verify(path))}\n`);
  return { chart: reference.replace(/(?::[^:/]*)?(?:@[^/]*)?$/, ""), path };
}

function provenance(
  { verify, prov }: { readonly verify: boolean; readonly prov: boolean },
): "always" | "later" | "never" {
  if (verify) return "always";
  return prov ? "later" : "never";
}

/** What was verified; Helm 2 shows the address of the signer's key in memory instead of its names. */
function verificationText(found: unknown): string {
  const { signedBy = [], digest = "", fileName = "" } = (found ?? {}) as Partial<
    { signedBy: readonly string[]; digest: string; fileName: string }
  >;
  return `&{${signedBy.join(", ")} ${digest} ${fileName}}`;
}

/** Unpacks an archive below `--untardir`. */
async function unpack(chart: string, archive: string, { flags }: FetchContext): Promise<void> {
  const { untardir, destination } = flags;
  const folder = isAbsolute(untardir) ? untardir : join(destination, untardir);
  const target = join(folder, chart.slice(chart.lastIndexOf("/") + 1));
  if (await stat(target).catch(() => undefined)) {
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
  expandArchive(folder, await readFile(archive));
}
