/** A kube client whose operations take the text of a manifest, for tests of the client itself. */
import {
  type Cluster,
  createKubeClient,
  type CreateOptions,
  type ExistingObject,
  type FindExistingOptions,
  type KubeCallOptions,
  type KubeClient,
  type KubeClientOptions,
  KubeManifest,
  type ManifestUse,
  type MapRemovedOptions,
  type RemovedDocument,
  type ResolveOptions,
  type ResourceInfo,
  type TableOptions,
  type UpdateOptions,
} from "../../engine/kube/mod.ts";

/** Options of an update whose other manifests are texts, too. */
export interface TextUpdateOptions extends Omit<UpdateOptions, "alsoFrom" | "anew"> {
  readonly alsoFrom?: readonly string[];
  readonly anew?: string;
}

/** Each operation resolves its text first, as operations on releases do. */
export class KubeByText {
  readonly kube: KubeClient;

  constructor(kube: KubeClient) {
    this.kube = kube;
  }

  resolve(namespace: string, text: string, options?: ResolveOptions): Promise<ResourceInfo[]> {
    return this.kube.resolve(namespace, new KubeManifest(text), options);
  }

  async create(namespace: string, text: string, options: CreateOptions = {}): Promise<void> {
    await this.kube.create(await this.resolve(namespace, text, options), { namespace, ...options });
  }

  async update(namespace: string, original: string, target: string, options: TextUpdateOptions = {}): Promise<void> {
    const { alsoFrom = [], anew = "", ...rest } = options;
    const { signal } = options;
    const before = await this.resolve(namespace, original, { signal, side: "current" });
    const after = await this.resolve(namespace, target, { signal, side: "new" });
    await this.kube.update(before, after, {
      ...rest,
      anew: await this.resolve(namespace, anew, { signal }),
      alsoFrom: await Promise.all(alsoFrom.map((text) => this.resolve(namespace, text, { skipUnresolved: true }))),
    });
  }

  async delete(
    namespace: string,
    text: string,
    options?: KubeCallOptions & { timeoutSeconds?: number },
  ): Promise<void> {
    await this.kube.delete(await this.resolve(namespace, text, options), options);
  }

  async exists(namespace: string, text: string, options?: KubeCallOptions): Promise<boolean> {
    return await this.kube.exists(await this.resolve(namespace, text, options), options);
  }

  async findExisting(namespace: string, text: string, options?: FindExistingOptions): Promise<ExistingObject[]> {
    return await this.kube.findExisting(await this.resolve(namespace, text, options), options);
  }

  async table(namespace: string, text: string, options?: TableOptions): Promise<string> {
    return await this.kube.table(await this.resolve(namespace, text, options), options);
  }

  async watchUntilReady(
    namespace: string,
    text: string,
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<void> {
    await this.kube.watchUntilReady(await this.resolve(namespace, text, options), timeoutSeconds, options);
  }

  async waitUntilEstablished(text: string, timeoutSeconds: number, options?: KubeCallOptions): Promise<void> {
    await this.kube.waitUntilEstablished(await this.resolve("", text, options), timeoutSeconds, options);
  }

  async completedPodPhase(
    namespace: string,
    text: string,
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<string> {
    return await this.kube.completedPodPhase(await this.resolve(namespace, text, options), timeoutSeconds, options);
  }

  async mapRemoved(
    namespace: string,
    requests: readonly { readonly manifest: string; readonly use: ManifestUse }[],
    options?: MapRemovedOptions,
  ): Promise<{ manifest: string; documents: readonly RemovedDocument[] }[]> {
    const wanted = requests.map(({ manifest, use }) => ({ manifest: new KubeManifest(manifest), use }));
    const mapped = await this.kube.mapRemoved(namespace, wanted, options);
    return mapped.map(({ manifest, documents }) => ({ manifest: manifest.text, documents }));
  }

  findRemoved(texts: readonly string[], options?: KubeCallOptions): Promise<RemovedDocument[]> {
    return this.kube.findRemoved(texts.map((text) => new KubeManifest(text)), options);
  }
}

/** Returns such a client for `cluster`. */
export function kubeByText(cluster: Cluster, options?: KubeClientOptions): KubeByText {
  return new KubeByText(createKubeClient(cluster, options));
}
