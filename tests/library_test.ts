/**
 * The library in a project of its own, with Deno's default compiler options.
 */
import { equal } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { inFolder } from "./_lib/folder.ts";

const LIBRARY = pathToFileURL(join(import.meta.dirname ?? ".", "../mod.ts")).href;

Deno.test("code that imports the library type-checks, and runs, in a project with default settings", () =>
  inFolder({
    "deno.json": "{}",
    "hello_test.ts": `import { chartFromFiles, createSkeg, type Driver, type Release, renderChart } from "${LIBRARY}";

      Deno.test("renders and installs", async () => {
        const chart = chartFromFiles({
          "Chart.yaml": "name: hello\\nversion: 1.0.0\\n",
          "templates/a.yaml": "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: {{ .Release.Name }}}\\n",
        });
        const files: Record<string, string> = await renderChart(chart, { release: { name: "web" } });
        if (!files["hello/templates/a.yaml"]?.includes("web")) throw new Error("not rendered");
        const storage: Driver | "memory" = "memory";
        const skeg = createSkeg({ sandbox: ":memory:", storage });
        const release: Release = await skeg.install(chart, { name: "web" });
        if (release.info.status.code !== "DEPLOYED") throw new Error("not installed");
        await skeg.close();
      });
    `,
  }, async (folder) => {
    const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--cached-only", "-R", "-W", "-N", "-E", "-S", "hello_test.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
  }));
