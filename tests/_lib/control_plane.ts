/**
 * A real control plane on loopback for the end-to-end suite. By the convention
 * of `KUBEBUILDER_ASSETS`, one folder holds `etcd` and `kube-apiserver`, and also
 * `kube-controller-manager`, `kube-scheduler` and `kwok`, which simulates nodes,
 * so that pods start without containers.
 *
 * @module
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCluster } from "../../engine/kube/mod.ts";
import { freePort, processesIn, until } from "./processes.ts";

/** A running control plane. */
export interface ControlPlane {
  /** Path of a kubeconfig whose user has all permissions. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Programs that the whole suite needs. */
const PROGRAMS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

/** Returns the programs that are missing in a folder. */
export function missingPrograms(programs: string): string[] {
  return PROGRAMS.filter((name) => !existsSync(join(programs, name)) && !existsSync(join(programs, `${name}.exe`)));
}

/** Options of {@linkcode startControlPlane}. */
export interface ControlPlaneOptions {
  /** An archive of the etcd data of an older cluster, on which the control plane starts. */
  readonly data?: URL | undefined;
  /** True to start only the API server and etcd, so that only requests change objects. */
  readonly isBare?: boolean | undefined;
}

/**
 * Starts the programs of a folder, keeps their data and logs in `folder`, and
 * resolves when the nodes are ready.
 */
export async function startControlPlane(
  programs: string,
  folder: string,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  mkdirSync(folder, { recursive: true });
  if (options.data !== undefined) await unpack(options.data, folder);
  const at = (name: string): string => join(folder, name);
  const processes = processesIn(folder);
  const start = (name: string, options: Readonly<Record<string, string | number>>): void =>
    processes.start(name, join(programs, name), Object.entries(options).map(([key, value]) => `--${key}=${value}`));
  const token = randomBytes(24).toString("base64url");
  writeKeys(folder, token);
  const [store, peers, port, kubelet] = [await freePort(), await freePort(), await freePort(), await freePort()];
  try {
    const storeUrl = `http://127.0.0.1:${store}`;
    start("etcd", {
      "data-dir": at("etcd"),
      "listen-client-urls": storeUrl,
      "advertise-client-urls": storeUrl,
      "listen-peer-urls": `http://127.0.0.1:${peers}`,
    });
    start("kube-apiserver", {
      "etcd-servers": storeUrl,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "secure-port": port,
      "cert-dir": at("certificates"), // the server creates a certificate for its address there
      "token-auth-file": at("tokens.csv"),
      "service-account-key-file": at("accounts.key"),
      "service-account-signing-key-file": at("accounts.key"),
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-cluster-ip-range": "10.96.0.0/16",
      "authorization-mode": "RBAC",
      "disable-admission-plugins": "ServiceAccount",
      "endpoint-reconciler-type": "none",
      "feature-gates": "WatchList=false", // etcd 3.4, which is still common, does not support streaming lists
    });
    const kubeconfig = at("kubeconfig");
    await until(
      () => Promise.resolve(existsSync(at("certificates/apiserver.crt"))),
      () => `kube-apiserver did not start:\n${processes.log("kube-apiserver").slice(-2000)}`,
    );
    writeFileSync(kubeconfig, kubeconfigText(port, readFileSync(at("certificates/apiserver.crt")), token));
    const ask = await asker(kubeconfig);
    await until(
      async () => (await ask("GET", "/readyz")) === 200,
      () => `kube-apiserver is not ready:\n${processes.log("kube-apiserver").slice(-2000)}`,
    );
    if (options.isBare) return { kubeconfig, stop: processes.stop };
    start("kube-controller-manager", {
      "kubeconfig": kubeconfig,
      "leader-elect": "false",
      "secure-port": 0,
      "service-account-private-key-file": at("accounts.key"),
      "root-ca-file": at("certificates/apiserver.crt"),
    });
    start("kube-scheduler", { "kubeconfig": kubeconfig, "leader-elect": "false", "secure-port": 0 });
    copyFileSync(new URL("./kwok.yaml", import.meta.url), at("kwok.yaml"));
    start("kwok", {
      "kubeconfig": kubeconfig,
      "config": at("kwok.yaml"),
      "manage-all-nodes": "true",
      "cidr": "10.244.0.1/16",
      "node-ip": "127.0.0.1",
      "node-lease-duration-seconds": 40,
      "server-address": `127.0.0.1:${kubelet}`,
    });
    await makeNodes(ask, 3);
    await until(
      async () => (await ask("GET", "/api/v1/namespaces/default/configmaps/kube-root-ca.crt")) === 200,
      () => `the controllers do nothing:\n${processes.log("kube-controller-manager").slice(-2000)}`,
    );
    return { kubeconfig, stop: processes.stop };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function unpack(archive: URL, folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("tar", {
    args: ["xf", fileURLToPath(archive), "-C", folder],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`cannot unpack ${archive}: ${new TextDecoder().decode(stderr)}`);
}

/** Writes the key of service accounts, and the token of the only user. */
function writeKeys(folder: string, token: string): void {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, "accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  writeFileSync(join(folder, "tokens.csv"), `${token},e2e,e2e,"system:masters"\n`, { mode: 0o600 });
  for (const file of ["accounts.key", "tokens.csv"]) chmodSync(join(folder, file), 0o600);
}

function kubeconfigText(port: number, authority: Uint8Array, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "e2e",
    clusters: [{
      name: "e2e",
      cluster: {
        server: `https://127.0.0.1:${port}`,
        "certificate-authority-data": new Uint8Array(authority).toBase64(),
      },
    }],
    users: [{ name: "e2e", user: { token } }],
    contexts: [{ name: "e2e", context: { cluster: "e2e", user: "e2e" } }],
  });
}

/** Sends one request and returns its status. */
type Ask = (method: "GET" | "POST", path: string, body?: unknown) => Promise<number>;

async function asker(kubeconfig: string): Promise<Ask> {
  const { transport } = await openCluster({ kubeconfig });
  return async (method, path, body) => {
    const answer = await transport({ method, path, body: body === undefined ? undefined : JSON.stringify(body) });
    await answer.body?.cancel();
    return answer.status;
  };
}

async function makeNodes(ask: Ask, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const name = `node-${number}`;
    const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
    const metadata = { name, labels, annotations: { "kwok.x-k8s.io/node": "fake" } };
    await ask("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata });
  }
}
