/**
 * Looking at releases and their objects, as part of the library: for pages and programs that show them again and again.
 *
 * @module
 */
import type { SkegSession } from "./skeg_session.ts";
import type { SkegLooks } from "./skeg_look_options.ts";

/** Returns the part of the library that looks. */
export function skegLooks(session: SkegSession): SkegLooks {
  return {
    async cluster(given = {}) {
      const { env } = await session.begin(given);
      const { server, namespace } = env.kube.cluster;
      const version = await env.kube.version({ signal: given.signal });
      return { server, version, namespace, storage: env.driver.name };
    },
    async outlines(given = {}) {
      const { env, outlineReleases } = await session.begin(given);
      return await outlineReleases(env, given);
    },
    async revisions(name, given = {}) {
      const { env, wholeRevisions } = await session.begin(given);
      return await wholeRevisions(env, { ...given, name });
    },
    async resources(name, given = {}) {
      const { env, releaseResources } = await session.begin(given);
      return await releaseResources(env, { ...given, name });
    },
    async *followResources(name, given = {}) {
      const { env, followResources } = await session.begin(given);
      yield* followResources(env, { ...given, name });
    },
    async object(object, given = {}) {
      const { env, liveObject } = await session.begin(given);
      return await liveObject(env, object);
    },
    async events(subjects, given = {}) {
      const { env, objectEvents } = await session.begin(given);
      return await objectEvents(env, subjects);
    },
    async *log(namespace, pod, given = {}) {
      const [{ env }, { podLogLines }] = await Promise.all([session.begin(given), import("../engine/kube/mod.ts")]);
      yield* podLogLines(env.kube.cluster.transport, namespace, pod, given);
    },
    async *follow(given = {}) {
      const { env, followRecords } = await session.begin(given);
      yield* followRecords(env);
    },
    async *watch(given = {}) {
      const { env, watchRecords } = await session.begin(given);
      yield* watchRecords(env);
    },
  };
}
