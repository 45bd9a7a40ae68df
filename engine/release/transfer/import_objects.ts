/**
 * Creates archived objects again.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { inKindOrder, INSTALL_ORDER } from "../../chart/render/mod.ts";
import { KubeManifest, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { describeObject } from "../object_names.ts";
import { creatable } from "../removed.ts";
import type { ArchivedObject } from "../repair/archive.ts";
import { creatableForm } from "./clean.ts";
import { messageOf } from "../../base/mod.ts";

/** Seconds to wait for a CustomResourceDefinition before objects of its kind. */
const ESTABLISH_SECONDS = 60;

/** An object of an archive, and what became of it. */
export interface ImportedObject {
  /** In words: `Deployment "web" in namespace "blue"`. */
  readonly subject: string;
  /** The release that names it. */
  readonly release: string;
  /** `create`: it was created, or would be; `present`: an object of that name exists, and stays as it is. */
  readonly state: "create" | "present";
  /** Parts that cannot be brought back, in words: `its address 10.0.0.7`. */
  readonly lost: readonly string[];
}

/** Options of {@linkcode createObjects}. */
export interface CreateObjectsOptions {
  /** If true, creates nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Creates the objects that do not exist, in the order of an install, and their namespaces. Existing objects stay as
 * they are.
 *
 * @throws SkegError of kind `release` that names the objects that could not be created; the others were.
 */
export async function createObjects(
  env: Environment,
  saved: readonly ArchivedObject[],
  { dryRun = false }: CreateObjectsOptions = {},
): Promise<ImportedObject[]> {
  const done: ImportedObject[] = [];
  const problems: string[] = [];
  for (const { release, object } of ordered(saved)) {
    env.signal?.throwIfAborted();
    const { object: form, lost } = creatableForm(object);
    try {
      for (const info of await resolved(env, form)) {
        const [found] = await env.kube.findExisting([info], callOptions(env));
        const isPresent = found !== undefined || !dryRun && !await createOne(env, info);
        done.push({ subject: describeObject(info), release, state: isPresent ? "present" : "create", lost });
      }
    } catch (error) {
      if (env.signal?.aborted) throw error;
      const { kind, metadata } = form;
      const place = metadata?.namespace === undefined ? "" : ` in namespace ${JSON.stringify(metadata.namespace)}`;
      const subject = `${kind} ${JSON.stringify(metadata?.name)}${place}`;
      // A kind that a CustomResourceDefinition of the archive makes is not there before it.
      const isPlanned = dryRun && saved.some(({ object }) => object.kind === "CustomResourceDefinition");
      if (isPlanned) done.push({ subject, release, state: "create", lost });
      else problems.push(`${subject}: ${messageOf(error)}`);
    }
  }
  if (problems.length === 0) return done;
  throw new SkegError("release", `${problems.length} of ${saved.length} objects could not be created`, {
    details: problems.join("\n"),
    hint: "Run the command again when the reasons are gone: it creates what is missing.",
  });
}

function ordered(saved: readonly ArchivedObject[]): ArchivedObject[] {
  const documents = saved.map((one, index) => ({
    kind: String(one.object.kind),
    path: String(index).padStart(8, "0"),
    text: "",
    one,
  }));
  // Tiller knows no CustomResourceDefinitions in its order; objects of their kinds need them first.
  return inKindOrder(documents, ["Namespace", "CustomResourceDefinition", ...INSTALL_ORDER]).map(({ one }) => one);
}

async function resolved(env: Environment, object: KubeObject): Promise<ResourceInfo[]> {
  const namespace = object.metadata?.namespace ?? "";
  const manifest = await creatable(env, namespace, new KubeManifest(JSON.stringify(object)));
  return await env.kube.resolve(namespace, manifest, callOptions(env));
}

/** Creates an object; returns false when another client created it first. */
async function createOne(env: Environment, info: ResourceInfo): Promise<boolean> {
  const options = callOptions(env);
  try {
    await createIn(env, info);
    if (info.resource.kind === "CustomResourceDefinition") {
      await env.kube.waitUntilEstablished([info], ESTABLISH_SECONDS, options);
    }
    return true;
  } catch (error) {
    if (error instanceof KubeError && error.reason === "AlreadyExists") return false;
    throw error;
  }
}

/** Creates an object, and first its namespace when the server says that it is missing. */
async function createIn(env: Environment, info: ResourceInfo): Promise<void> {
  const options = callOptions(env);
  try {
    await env.kube.create([info], options);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 404 || info.namespace === "") throw error;
    await env.kube.ensureNamespace(info.namespace, options);
    await env.kube.create([info], options);
  }
}
