/**
 * `version`: prints the version of Helm and Tiller that this program replaces.
 *
 * Source: Helm 2.17.0, `cmd/helm/version.go`.
 *
 * @module
 */
import { TILLER_VERSION, type TillerVersion } from "../../engine/model/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, type DocumentFormat, documentFormat, printDocument } from "../_lib/document.ts";
import { TLS_FLAGS } from "../_lib/flags.ts";
import type { Printer } from "../_lib/print.ts";
import { printTemplate } from "../_lib/go_template.ts";
import { quote } from "../../engine/base/mod.ts";
import { noteFlagsWithoutEffect } from "../_lib/without_tiller.ts";

/** `version`. */
export const command = defineCommand({
  usage: "",
  long: `
Prints the version of Helm 2 whose behaviour this program has, in two lines.

There is no Tiller: the line for the server shows the engine inside this program,
and no cluster is contacted. Both lines have the format that scripts expect:

Client: &version.Version{SemVer:"v2.0.0", GitCommit:"ff52399e51bb880526e9cd0ed8386f6433b74da1", GitTreeState:"clean"}
Server: &version.Version{SemVer:"v2.0.0", GitCommit:"b0c113dfb9f612a9add796549da66c0d294508a3", GitTreeState:"clean"}

Use '--client' or '--server' to print one of them. A terminal also gets skeg's own version,
which 'helm version --output json' has, too.`,
  example: `  helm version --short
  helm version --client --template '{{.Client.SemVer}}'`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...DOCUMENT_FLAG,
    "client": { type: "bool", short: "c", usage: "Client version only" },
    "server": { type: "bool", short: "s", usage: "Server version only" },
    "short": { type: "bool", usage: "Print the version number" },
    "template": { type: "string", usage: "Template for version string format" },
  }),
  run: async (context) => {
    const { flags, print } = context;
    const output = documentFormat(flags.output);
    // With --client, Helm 2 does not connect either, so no flag loses its effect.
    if (!flags.client) noteFlagsWithoutEffect(context);
    const both = !flags.client && !flags.server;
    const sides = [
      ...flags.client || both ? ["Client"] : [],
      ...flags.server || both ? ["Server"] : [],
    ];
    if (flags.template === "") {
      if (output !== undefined) return await printVersions(sides, output, print);
      for (const side of sides) print.out(`${side}: ${versionText(TILLER_VERSION, flags.short)}\n`);
      if (print.terminal && both && !flags.short) print.out(`skeg: ${await ownVersion()}\n`);
      return;
    }
    const { versionData } = await import("../_lib/release_data.ts");
    const data = Object.assign(
      Object.create(null),
      Object.fromEntries(sides.map((side) => [side, versionData(TILLER_VERSION)])),
    );
    await printTemplate(flags.template, data, print);
  },
});

const ownVersion = async (): Promise<string> => (await import("../_lib/own_version.ts")).OWN_VERSION;

async function printVersions(sides: readonly string[], format: DocumentFormat, print: Printer): Promise<void> {
  const { semVer, gitCommit, gitTreeState } = TILLER_VERSION;
  printDocument(
    "Version",
    {
      skeg: await ownVersion(),
      ...Object.fromEntries(sides.map((side) => [side.toLowerCase(), { semVer, gitCommit, gitTreeState }])),
    },
    format,
    print,
  );
}

function versionText(version: TillerVersion, short: boolean): string {
  if (short) return `${version.semVer}+g${version.gitCommit.slice(0, 7)}`;
  return `&version.Version{SemVer:${quote(version.semVer)}, GitCommit:${quote(version.gitCommit)}, ` +
    `GitTreeState:${quote(version.gitTreeState)}}`;
}
