/**
 * `create`: a new chart.
 *
 * Source: Helm 2.17.0, `cmd/helm/create.go`.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { SkegError } from "../../errors.ts";
import { createChart, createFromStarter } from "../../engine/chart/package/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { helmHome } from "../../app/home.ts";

/** `create`. */
export const command = defineCommand({
  usage: "NAME",
  long: `
Makes a folder with a chart that can be installed as it is: a Deployment, a
Service, an account, an Ingress that is switched off, and a test.

	NAME/
	  Chart.yaml         what the chart is called, and its version
	  values.yaml        what users may set
	  .helmignore        what stays out of the packaged chart
	  charts/            charts that this one depends on
	  templates/         what becomes objects of Kubernetes
	  templates/tests/   what 'helm test' runs

NAME may be a path; the folder above must exist. Files that are there already are
kept. With '--starter', the chart is made from one of your own instead: a folder in
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
    if (path === undefined) throw new SkegError("usage", "the name of the new chart is required");
    if (args.length > 1) throw new SkegError("usage", "command 'create' doesn't support multiple arguments");
    print.out(`Creating ${path}\n`);
    const { starter } = flags;
    if (starter === "") return createChart(path);
    const folder = isAbsolute(starter) ? starter : helmHome(globals.home, variables).path("starters", starter);
    await createFromStarter(path, folder);
  },
});
