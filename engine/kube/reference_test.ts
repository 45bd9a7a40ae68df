/**
 * Kubeconfigs as `@kubernetes/client-node` reads them: the answers were
 * recorded by `tools/record_kubeconfig_cases.ts`.
 *
 * @module
 */
import { deepEqual, ok } from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import cases from "../../testdata/kubeconfig/cases.json" with { type: "json" };
import { chooseContext } from "./context.ts";
import { credentialSource } from "./credentials.ts";
import { loadKubeconfig } from "./kubeconfig.ts";

for (const { name, files, kubeconfig, context, answer } of cases as readonly Case[]) {
  Deno.test(`the client library's kubeconfig: ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "skeg-reference-"));
    try {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      const env = { KUBECONFIG: kubeconfig.map((path) => join(folder, path)).join(delimiter) };
      const config = await loadKubeconfig({ env });
      const chosen = config === undefined ? undefined : await chooseContext(config, context);
      ok(chosen !== undefined);
      const { cluster, namespace } = chosen;
      const { headers, certificate, key } = await credentialSource(chosen).get(false);
      const got = {
        server: cluster.server,
        ca: cluster.ca ?? null,
        certificate: certificate ?? null,
        key: key ?? null,
        insecure: cluster.insecureSkipTlsVerify,
        serverName: cluster.tlsServerName ?? null,
        proxyUrl: cluster.proxyUrl ?? null,
        authorization: headers.find(([header]) => header === "Authorization")?.[1] ?? null,
        namespace: namespace === "" ? null : namespace,
      };
      deepEqual(got, { ...answer, server: answer.server.replace(/\/+$/, "") });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly kubeconfig: readonly string[];
  readonly context?: string;
  readonly answer: { readonly server: string };
}
