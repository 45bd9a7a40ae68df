/**
 * Lists the releases of several clusters, all clusters at once, as lines of
 * JSON.
 *
 *   deno run -R -W -N -E examples/list_fleet.ts [CONTEXT...]
 *
 * Without a context: lists the releases of the sandbox, which is in $SKEG_SANDBOX if that is set.
 *
 * @module
 */
import { createSkeg, type Release, type SkegOptions } from "../mod.ts";

const write = (value: unknown): void =>
  void Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`));

/** Releases per page: large fleets are read in parts. */
const PAGE = 100;

/** Yields all releases of one cluster, in any state. */
async function* releasesOf(options: SkegOptions): AsyncGenerator<Release> {
  const skeg = createSkeg(options);
  try {
    let offset = "";
    do {
      const page = await skeg.list({
        statuses: ["DEPLOYED", "FAILED", "PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK", "DELETING"],
        limit: PAGE,
        offset,
      });
      yield* page.releases;
      offset = page.next;
    } while (offset !== "");
  } finally {
    await skeg.close();
  }
}

async function listCluster(cluster: string, options: SkegOptions): Promise<void> {
  try {
    for await (const { name, namespace, revision, chart, info } of releasesOf(options)) {
      const { name: chartName, version } = chart?.metadata ?? {};
      write({ cluster, namespace, name, revision, status: info.status.code, chart: `${chartName}-${version}` });
    }
  } catch (error) {
    write({ cluster, error: error instanceof Error ? error.message : String(error) }); // other clusters are still listed
  }
}

const contexts = Deno.args;
if (contexts.length === 0) await listCluster("sandbox", { sandbox: Deno.env.get("SKEG_SANDBOX") ?? true });
else await Promise.all(contexts.map((context) => listCluster(context, { context })));
