import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { contextNamespace, openCluster } from "./config.ts";
import { chooseContext, type ChosenContext } from "./context.ts";
import { type Kubeconfig, loadKubeconfig } from "./kubeconfig.ts";

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "skeg-kubeconfig-"));
  try {
    await action(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function config(name: string, more = ""): string {
  return `
apiVersion: v1
kind: Config
clusters:
- name: shared
  cluster: {server: "https://${name}.example.com/"}
- name: ${name}
  cluster: {server: "https://${name}.example.com"}
users:
- name: ${name}
  user: {token: ${name}-token}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}, namespace: ${name}-space}
- name: shared
  context: {cluster: shared, user: ${name}}
${more}`;
}

async function choose(loaded: Kubeconfig | undefined, context?: string): Promise<ChosenContext> {
  ok(loaded !== undefined);
  const chosen = await chooseContext(loaded, context);
  ok(chosen !== undefined);
  return chosen;
}

Deno.test("loadKubeconfig() merges the files of KUBECONFIG: the first to name an entry wins", () =>
  inFolder(async (folder) => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    await writeFile(a, config("a"));
    await writeFile(b, config("b", "current-context: b"));
    const env = { KUBECONFIG: [a, join(folder, "missing"), "", b].join(delimiter) };
    const loaded = await loadKubeconfig({ env });
    deepEqual(loaded?.files, [a, b]);
    const current = await choose(loaded);
    equal(current.name, "b");
    equal(current.namespace, "b-space");
    equal(current.user.token, "b-token");
    equal((await choose(loaded, "shared")).cluster.server, "https://a.example.com");
    equal((await choose(loaded, "shared")).user.token, "a-token");
    equal(await contextNamespace({ env }), "b-space");
    equal(await contextNamespace({ env, context: "shared" }), "default");
  }));

Deno.test("loadKubeconfig() takes ~/.kube/config when nothing is named, and a named file alone", () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, ".kube"));
    await writeFile(join(folder, ".kube", "config"), config("home", "current-context: home"));
    await writeFile(join(folder, "named"), config("named", "current-context: named"));
    equal((await choose(await loadKubeconfig({ env: { HOME: folder } }))).name, "home");
    const named = await loadKubeconfig({ env: { HOME: folder, KUBECONFIG: "x" }, kubeconfig: join(folder, "named") });
    equal((await choose(named)).name, "named");
    equal(named?.contexts.has("home"), false);
  }));

Deno.test("chooseContext() reads files relative to the kubeconfig that names them", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "ca.pem"), "CA");
    await writeFile(
      join(folder, "config"),
      `
current-context: x
clusters: [{name: c, cluster: {server: https://x, certificate-authority: ca.pem}}]
users: [{name: u, user: {client-certificate-data: ${btoa("CERT")}, client-key-data: ${btoa("KEY")}, tokenFile: token}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
`,
    );
    const { cluster, user } = await choose(await loadKubeconfig({ kubeconfig: join(folder, "config") }));
    equal(cluster.ca, "CA");
    equal(user.clientCertificate, "CERT");
    equal(user.clientKey, "KEY");
    equal(user.tokenFile, join(folder, "token"));
  }));

Deno.test("openCluster() says what is wrong in the words of Helm 2", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config");
    await writeFile(path, config("a", "current-context: a"));
    const open = (context: string, kubeconfig = path): Promise<unknown> =>
      openCluster({ kubeconfig, context, env: {} });
    await rejects(open("nope"), {
      kind: "config",
      message: 'could not get Kubernetes config for context "nope": context "nope" does not exist',
      hint: "The contexts are a, shared.",
    });
    await rejects(open("", join(folder, "missing")), {
      kind: "config",
      message: `could not get Kubernetes config for context "": stat ${
        join(folder, "missing")
      }: no such file or directory`,
    });
    await writeFile(path, "a: [b\n");
    await rejects(open(""), {
      kind: "config",
      message:
        `could not get Kubernetes config for context "": error loading config file "${path}": yaml: line 1: did not find expected ',' or ']'`,
    });
    await writeFile(path, "current-context: x\ncontexts: [{name: x, context: {cluster: gone}}]\n");
    await rejects(open(""), { kind: "config", message: /cluster "gone" does not exist$/ });
    await writeFile(
      path,
      "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n" +
        "clusters: [{name: c, cluster: {certificate-authority: nowhere.pem}}]\n",
    );
    const pem = join(folder, "nowhere.pem");
    const prefix = 'could not get Kubernetes config for context "": invalid configuration: ';
    await rejects(open(""), {
      kind: "config",
      message:
        `${prefix}unable to read certificate-authority ${pem} for c due to open ${pem}: no such file or directory`,
    });
    const withCluster = (cluster: string): Promise<void> =>
      writeFile(
        path,
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n" +
          `clusters: [{name: c, cluster: {server: 'https://x', ${cluster}}}]\n`,
      );
    await writeFile(pem, "x");
    await withCluster("certificate-authority: nowhere.pem, insecure-skip-tls-verify: true");
    await rejects(open(""), {
      kind: "config",
      message:
        "could not get Kubernetes client: specifying a root certificates file with the insecure flag is not allowed",
    });
    await withCluster("proxy-url: 'ftp://me:secret@x'");
    await rejects(open(""), {
      kind: "config",
      message: `${prefix}invalid 'proxy-url' "ftp://me:***@x" for cluster "c": ` +
        'unsupported scheme "ftp", must be http, https, or socks5',
    });
  }));

Deno.test("openCluster() without any kubeconfig says where it looked and what to do", async () => {
  const home = join(tmpdir(), "skeg-no-such-home");
  const [first, second] = [join(home, "a"), join(home, "b")];
  const prefix = 'could not get Kubernetes config for context "": no kubeconfig was found: ';
  const cases: [Record<string, string>, string][] = [
    [{ HOME: home }, `Config not found: ${join(home, ".kube", "config")}`],
    [{ HOME: home, KUBECONFIG: first }, `Config not found: ${first} (from KUBECONFIG)`],
    [{ KUBECONFIG: [first, second].join(delimiter) }, `Config not found: ${first}, ${second} (from KUBECONFIG)`],
    [{}, "neither KUBECONFIG nor HOME is set"],
  ];
  for (const [env, where] of cases) {
    await rejects(openCluster({ env }), (error: Error & { hint?: string }) => {
      equal(error.message, prefix + where);
      return error.hint?.includes("--sandbox") ?? false;
    });
  }
  await rejects(openCluster({ env: {}, context: "x" }), {
    message: 'could not get Kubernetes config for context "x": context "x" does not exist',
  });
});

Deno.test("a context or a current one that is missing may be in a file that is not there, which is named", () =>
  inFolder(async (folder) => {
    const [there, gone] = [join(folder, "there"), join(folder, "gone")];
    await writeFile(there, "contexts: [{name: a, context: {cluster: c}}]\n");
    const env = { KUBECONFIG: [there, gone].join(delimiter) };
    const hint = (context: string, pattern: RegExp): Promise<void> =>
      rejects(openCluster({ env, context }), (error: Error & { hint?: string }) => pattern.test(error.hint ?? ""));
    await hint("b", new RegExp(`^The only context is a\\. Not found: ${gone}\\.$`));
    await hint("", new RegExp(`--sandbox\\. Not found: ${gone}\\.$`));
  }));

Deno.test("contextNamespace() never fails", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "bad"), "a: [b\n");
    equal(await contextNamespace({ kubeconfig: join(folder, "bad"), env: {} }), "default");
    equal(await contextNamespace({ kubeconfig: join(folder, "missing"), env: {} }), "default");
    equal(await contextNamespace({ env: {} }), "default");
  }));

Deno.test("openCluster() shows no credentials of the server's URL", () =>
  inFolder(async (folder) => {
    await writeFile(
      join(folder, "config"),
      "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n" +
        "clusters: [{name: c, cluster: {server: 'https://me:secret@example.com:6443/k8s'}}]\n",
    );
    const cluster = await openCluster({ kubeconfig: join(folder, "config") });
    equal(cluster.server, "https://example.com:6443/k8s");
    equal(cluster.namespace, "default");
    await cluster.close();
  }));

Deno.test("certificate-authority-data goes before the file, as with kubectl", () =>
  inFolder(async (folder) => {
    const pem = (word: string): string => `-----BEGIN CERTIFICATE-----\n${btoa(word)}\n-----END CERTIFICATE-----\n`;
    await writeFile(join(folder, "ca.crt"), pem("file"));
    await writeFile(
      join(folder, "config"),
      "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: " +
        `{server: 'https://x', certificate-authority: ca.crt, certificate-authority-data: ${btoa(pem("data"))}}}]\n`,
    );
    const config = await loadKubeconfig({ kubeconfig: join(folder, "config"), env: {} });
    equal((await chooseContext(config as Kubeconfig, undefined))?.cluster.ca, pem("data"));
  }));
