/**
 * `push`: uploads a packaged chart to an OCI registry.
 *
 * Helm 2 has no such command; messages and storage format are Helm 3's.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { fileError, SkegError } from "../../errors.ts";
import { loadArchive } from "../../engine/chart/load/mod.ts";
import { parseVersion } from "../../engine/lang/semver/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { givenAccess, patienceOf } from "../../app/fetching.ts";
import { networkVariables } from "../../app/variables.ts";
import { requireArgs } from "../_lib/flags.ts";
import { ociVariables } from "../../app/oci.ts";
import { accessOf } from "../_lib/caller.ts";
import { codeOf } from "../../engine/base/mod.ts";

const FLAGS = defineFlags({
  "ca-file": { type: "string", complete: "file", usage: "Verify certificates of the registry using this CA bundle" },
  "cert-file": { type: "string", complete: "file", usage: "Identify to the registry using this SSL certificate file" },
  "key-file": { type: "string", complete: "file", usage: "Identify to the registry using this SSL key file" },
  "password": { type: "string", usage: "Registry password" },
  "username": { type: "string", usage: "Registry username" },
});

/** `push`. */
export const command = defineCommand({
  usage: "[flags] CHART REMOTE",
  completes: { sources: ["file"] },
  long: `
Uploads a packaged chart (.tgz) to an OCI registry, in Helm 3's format. A provenance
file beside the archive is uploaded, too.

REMOTE is the path below which the chart is stored, such as
oci://registry.example.com/charts. The chart's name and version are added: a
version's '+' becomes '_' in the tag.

Credentials are those of 'docker login', helpers included, unless '--username' and
'--password' are given. A registry on this machine may use plain HTTP.`,
  example: `  helm package ./web
  helm push web-1.2.3.tgz oci://registry.example.com/charts
  helm install oci://registry.example.com/charts/web --version '^1.2'`,
  flags: FLAGS,
  run,
});

async function run(context: Context<typeof FLAGS>): Promise<void> {
  const { args, flags, print, signal, variables } = context;
  requireArgs(args, "chart archive", "address of a registry");
  const [path = "", remote = ""] = args;
  const oci = await import("../../engine/chart/oci/mod.ts");
  const parent = oci.parseOciReference(remote);
  if (parent.tag !== "" || parent.digest !== "") {
    throw new SkegError("usage", `${remote} names a tag or a digest: the chart's own version becomes the tag`);
  }
  const { archive, provenance, created } = await readPackage(path);
  const { metadata } = loadArchive(archive, path);
  parseVersion(metadata.version ?? "");
  const given = { username: flags.username, password: flags.password, identityToken: "", registryToken: "" };
  const credentials = flags.username !== "" && flags.password !== ""
    ? given
    : await oci.findCredentials(parent.host, ociVariables(variables));
  const { certFile, keyFile, caFile } = givenAccess(accessOf(flags));
  const registry = await oci.openRegistry(parent.host, {
    certFile,
    keyFile,
    caFile,
    credentials,
    signal,
    patience: patienceOf(variables),
    variables: networkVariables(variables),
  });
  try {
    const { reference, digest } = await oci.pushChart(registry, parent, { metadata, archive, provenance, created });
    print.out(`Pushed: ${reference}\nDigest: ${digest}\n`);
  } finally {
    registry.close();
  }
}

/** Reads an archive, its time, and the provenance file beside it. */
async function readPackage(path: string) {
  const found = await stat(path).catch((cause) => {
    throw fileError("stat", path, cause);
  });
  if (found.isDirectory()) {
    throw new SkegError("usage", `${path} is a folder: only packaged charts can be pushed`, {
      hint: `Package it first: 'skeg package ${path}'.`,
    });
  }
  const read = async (file: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(file));
  const archive = await read(path).catch((cause) => {
    throw fileError("open", path, cause);
  });
  const provenance = await read(`${path}.prov`).catch((cause) => {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw fileError("open", `${path}.prov`, cause);
  });
  return { archive, provenance, created: found.mtime };
}
