/**
 * Plans an upgrade without a change of every release of a fleet, in one process, through the library:
 *
 *   deno run -A bench/peers/plan_all.ts KUBECONFIG CHART RELEASES OBJECTS [install]
 *
 * With `install`, installs the fleet instead. Fails if a plan shows a change.
 *
 * @module
 */
import { createSkeg, loadChart } from "../../mod.ts";

const [kubeconfig = "", path = "", releases = "26", objects = "20", step = "plan"] = Deno.args;
const chart = await loadChart(path);
const skeg = createSkeg({ kubeconfig, tillerNamespace: "fleet" });
const given = { set: [`count=${objects}`], namespace: "fleet" };
let unchanged = 0;
for (let at = 0; at < Number(releases); at++) {
  const name = `fleet-${at}`;
  if (step === "install") await skeg.install(chart, { ...given, name });
  else {
    const { report } = await skeg.plan.upgrade(name, chart, given);
    if (report.objects.length > 0) throw new Error(`${name} would change`);
    unchanged += report.summary["unchanged"] ?? 0;
  }
}
await skeg.close();
Deno.stdout.writeSync(new TextEncoder().encode(`${unchanged} objects are as recorded\n`));
