/**
 * Installs a chart from a script, or upgrades the release when it exists.
 *
 *   deno run -R -W -N -E examples/install.ts [CHART] [NAME] [--cluster]
 *
 * Uses the sandbox; with `--cluster`, the kubeconfig's cluster.
 *
 * @module
 */
import { createSkeg, type ReleaseEvent, SkegError } from "../mod.ts";

const write = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const words = Deno.args.filter((word) => !word.startsWith("--"));
const [chart = `${import.meta.dirname}/charts/web`, name = "web"] = words;

/** Prints one line for each changed object, and for each object that the operation waits for. */
function show(event: ReleaseEvent): void {
  if (event.type === "object") {
    const { verb, object, detail } = event.progress;
    write(`  ${verb} ${object}${detail === "" ? "" : `: ${detail}`}`);
  } else if (event.type === "warning") {
    write(`  careful: ${event.text}`);
  }
}

// Ctrl-C stops the operation cleanly: the release is recorded as FAILED.
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort());

const skeg = createSkeg({ sandbox: Deno.args.includes("--cluster") ? false : ":memory:", onEvent: show });
try {
  const options = { wait: true, timeoutSeconds: 120, values: { replicas: 2 }, signal: stop.signal };
  const exists = await skeg.get(name, { signal: stop.signal }).then(() => true, (error) => {
    if (error instanceof SkegError && error.kind === "not-found") return false;
    throw error;
  });
  const release = exists
    ? await skeg.upgrade(name, chart, options)
    : await skeg.install(chart, { ...options, name, namespace: "shop" });
  write(`${release.name} revision ${release.revision}: ${release.info.status.code}`);
  write(release.info.status.notes);
} finally {
  await skeg.close();
}
Deno.exit(0);
