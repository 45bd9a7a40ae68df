/**
 * Kubeconfigs as `@kubernetes/client-node` reads them: the answers were
 * recorded by `tools/record_kubeconfig_cases.ts`.
 *
 * @module
 */
import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import cases from "../../testdata/kubeconfig/cases.json" with { type: "json" };
import { podContext } from "./config.ts";
import { chooseContext, type ChosenContext } from "./context.ts";
import { credentialSource } from "./credentials.ts";
import { type KubeConfigObject, kubeconfigOf } from "./given_config.ts";
import { loadKubeconfig } from "./kubeconfig.ts";

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly kubeconfig: readonly string[];
  readonly context?: string;
  /** The account of a pod instead of kubeconfigs. */
  readonly pod?: { readonly host: string; readonly port: string };
  /** The library's answer; absent where it refuses the kubeconfig. */
  readonly answer?: Answer;
  /** The lists of its KubeConfig. */
  readonly object?: unknown;
  /** Where skeg follows kubectl instead. */
  readonly ours?: Partial<Answer>;
}

interface Answer {
  readonly server: string;
  readonly [field: string]: unknown;
}

/** The result for a kubeconfig without any setting. */
const NOTHING: Answer = {
  server: "",
  ca: null,
  certificate: null,
  key: null,
  insecure: false,
  serverName: null,
  proxyUrl: null,
  authorization: null,
  impersonate: [],
  namespace: null,
};

/** Where every pod has its account. */
const POD_FOLDER = "var/run/secrets/kubernetes.io/serviceaccount";

/** Runs `work` with a folder that has the case's files. */
async function inFolderOf({ files }: Case, work: (folder: string) => Promise<void>): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), "skeg-reference-"));
  const folder = join(base, "here");
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
      if (content.startsWith("#!")) await chmod(join(folder, path), 0o755);
    }
    await work(folder);
  } finally {
    await rm(base, { recursive: true });
  }
}

async function answerOf(chosen: ChosenContext | undefined): Promise<Answer> {
  ok(chosen !== undefined);
  const { cluster, namespace } = chosen;
  const { headers, certificate, key } = await credentialSource(chosen).get(false);
  return {
    server: cluster.server,
    ca: cluster.ca ?? null,
    certificate: certificate ?? null,
    key: key ?? null,
    insecure: cluster.insecureSkipTlsVerify,
    serverName: cluster.tlsServerName ?? null,
    proxyUrl: cluster.proxyUrl ?? null,
    authorization: headers.find(([header]) => header === "Authorization")?.[1] ?? null,
    impersonate: headers.filter(([header]) => header.startsWith("Impersonate-")),
    namespace: namespace === "" ? null : namespace,
  };
}

/** The library's answer, without the slashes at the server's end that skeg leaves out. */
function recorded({ answer = NOTHING }: Case): Answer {
  return { ...answer, server: answer.server.replace(/\/+$/, "") };
}

for (const given of cases as unknown as readonly Case[]) {
  const { name, kubeconfig, context, pod, ours, object } = given;
  const ignore = Deno.build.os === "windows" && Object.values(given.files).some((text) => text.startsWith("#!"));
  Deno.test({
    name: `the client library's kubeconfig: ${name}`,
    ignore,
    fn: () =>
      inFolderOf(given, async (folder) => {
        const env = pod === undefined
          ? { KUBECONFIG: kubeconfig.map((path) => join(folder, path)).join(delimiter) }
          : { KUBERNETES_SERVICE_HOST: pod.host, KUBERNETES_SERVICE_PORT: pod.port };
        const config = pod === undefined ? await loadKubeconfig({ env }) : undefined;
        const got = await answerOf(
          config === undefined ? await podContext(env, join(folder, POD_FOLDER)) : await chooseContext(config, context),
        );
        deepEqual(got, { ...recorded(given), ...ours });
        if (ours !== undefined) notDeepEqual(got, recorded(given), "skeg no longer differs from the library");
      }),
  });

  // A case without the library's object, or whose object lacks what kubectl reads, has nothing to compare.
  if (object === undefined || ours !== undefined) continue;
  Deno.test({
    name: `a KubeConfig of the client library: ${name}`,
    ignore,
    fn: () =>
      inFolderOf(given, async (folder) => {
        const text = JSON.stringify(object).replaceAll("$FOLDER", folder.replaceAll("\\", "\\\\"));
        const config = kubeconfigOf(JSON.parse(text) as KubeConfigObject);
        deepEqual(await answerOf(await chooseContext(config, context)), recorded(given));
      }),
  });
}

Deno.test("at least 60 kubeconfigs are compared with the client library", () => {
  ok((cases as readonly unknown[]).length >= 60);
});
