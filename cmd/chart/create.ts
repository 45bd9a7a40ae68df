/**
 * `create`: a new chart.
 *
 * Source: Helm 2.17.0, `cmd/helm/create.go`.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { createChart, createFromStarter } from "../../engine/chart/package/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { helmHome } from "../../app/home.ts";

/** `create`. */
export const command = defineCommand({
  usage: "NAME",
  long: `
Creates a folder with a chart that can be installed unchanged: a Deployment, a
Service, a service account, a disabled Ingress, and a test.

	NAME/
	  Chart.yaml         name and version of the chart
	  values.yaml        default values
	  .helmignore        files to leave out of the packaged chart
	  charts/            charts that this one depends on
	  templates/         templates of Kubernetes objects
	  templates/tests/   tests, run by 'helm test'

NAME may be a path; the parent folder must exist. Existing files are kept. With
'--starter', the chart is created from your own starter: a folder in
$HELM_HOME/starters, in whose templates and values <CHARTNAME> is replaced.`,
  example: `  helm create web
  helm create charts/web --starter our-defaults`,
  flags: defineFlags({
    "starter": {
      type: "string",
      complete: "folder",
      short: "p",
      usage: "The name or absolute path to Helm starter scaffold",
    },
  }),
  run: async ({ flags, globals, args, print, variables }) => {
    const [path] = args;
    if (path === undefined) {
      throw new UsageError("the name of the new chart is required", {
        type: "arguments",
        wanted: ["name"],
        given: args,
      });
    }
    if (args.length > 1) {
      throw new UsageError("command 'create' doesn't support multiple arguments", {
        type: "arguments",
        wanted: ["name"],
        given: args,
      });
    }
    print.out(`Creating ${path}\n`);
    const { starter } = flags;
    if (starter === "") return createChart(path);
    const folder = isAbsolute(starter) ? starter : helmHome(globals.home, variables).path("starters", starter);
    await createFromStarter(path, folder);
  },
});
