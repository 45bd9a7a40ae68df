/**
 * The target of rendered objects: a release of Kubernetes, or the current cluster.
 *
 * The table of API versions is loaded only when a target is opened.
 *
 * @module
 */
import type { KubeClient } from "../../engine/kube/mod.ts";
import type { ReportServer, ServedFinding } from "../../engine/kube/served/mod.ts";
import type { Capabilities } from "../../engine/model/mod.ts";
import type { Context, Flags } from "./command.ts";
import { checkReadSandbox, targetOf } from "./target.ts";
import { capabilitiesOf, CLUSTER } from "./kube_version.ts";

/** Rendered files: path → text. */
export type Files = Readonly<Record<string, string>>;

/** The target of objects: a release of Kubernetes, or the current cluster. */
export interface KubeTarget {
  /** Its capabilities, for charts. */
  readonly capabilities: Capabilities;
  /** The server that API versions are checked against. */
  readonly server: ReportServer;
  /** Checks rendered files. */
  readonly report: (files: Files) => Promise<ServedFinding[]>;
}

/**
 * Opens the target of `--kube-version`, runs `work`, and closes it again.
 *
 * @param version Such as `1.25`, or `cluster`.
 * @throws SkegError of kind `usage` for an invalid version.
 */
export async function withTarget<F extends Flags, T>(
  version: string,
  context: Context<F>,
  work: (target: KubeTarget) => Promise<T>,
): Promise<T> {
  if (version !== CLUSTER) return await work(await targetOfRelease(version));
  const [{ openTarget }, { createKubeClient }] = await Promise.all([
    import("../../app/open_target.ts"),
    import("../../engine/kube/mod.ts"),
  ]);
  const { signal } = context;
  const tellOfNew = await checkReadSandbox(context);
  const cluster = await openTarget(targetOf(context));
  try {
    const result = await work(await targetOfCluster(createKubeClient(cluster), signal));
    tellOfNew();
    return result;
  } finally {
    await cluster.close();
  }
}

/** Returns a release of Kubernetes as target, by the table of API versions. */
export async function targetOfRelease(version: string): Promise<KubeTarget> {
  const capabilities = capabilitiesOf(version);
  const server = { kubeVersion: capabilities.kubeVersion.gitVersion };
  const { apiVersionsOf, reportRemovedApis } = await import("../../engine/kube/served/mod.ts");
  return {
    capabilities: { ...capabilities, apiVersions: apiVersionsOf(capabilities.apiVersions, server.kubeVersion) },
    server,
    report: (files) => Promise.resolve(reportRemovedApis(byPath(files), server)),
  };
}

/** Returns a cluster as target, by its discovery. */
export async function targetOfCluster(kube: KubeClient, signal: AbortSignal | undefined): Promise<KubeTarget> {
  const capabilities = await kube.capabilities({ signal });
  const { apiVersions, kubeVersion: { gitVersion } } = capabilities;
  const server: ReportServer = {
    isServed: (apiVersion, kind) => apiVersions.has(`${apiVersion}/${kind}`),
    kubeVersion: /^v?\d+\.\d+/.test(gitVersion) ? gitVersion : undefined,
  };
  const { reportRemovedApis } = await import("../../engine/kube/served/mod.ts");
  return {
    capabilities,
    server,
    report: async (files) => {
      const findings = reportRemovedApis(byPath(files), server);
      // A group whose discovery failed may still exist: `findRemoved` rejects in that case.
      if (findings.some(({ level }) => level === "warning")) {
        const { KubeManifest } = await import("../../engine/kube/mod.ts");
        await kube.findRemoved(Object.values(files).map((text) => new KubeManifest(text)), { signal });
      }
      return findings;
    },
  };
}

/** Sorts files by path. */
function byPath(files: Files): Files {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1));
}
