/**
 * A repository of charts for the pages' tests.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { asHelm } from "../_lib/program.ts";
import { writeShopChart } from "./_shop_charts.ts";

/** Serves a repository with two versions of a chart, and adds it to the list. */
export async function shelf(folder: string): Promise<void> {
  const home = `${folder}/helm`;
  const run = async (...argv: string[]): Promise<void> => {
    const { code, stderr } = await asHelm(argv, { variables: { HELM_HOME: home, HOME: folder } });
    equal(code, 0, stderr);
  };
  await run("init", "--client-only", "--skip-refresh");
  Deno.mkdirSync(`${folder}/shelf`);
  for (const version of ["1.0.0", "2.0.0"]) {
    writeShopChart(`${folder}/${version}/tea`, "tea", version);
    await run("package", `${folder}/${version}/tea`, "--destination", `${folder}/shelf`, "--save=false");
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    return new Response(await Deno.readFile(`${folder}/shelf${pathname}`));
  });
  server.unref();
  const url = `http://127.0.0.1:${server.addr.port}`;
  await run("repo", "index", `${folder}/shelf`, "--url", url);
  await run("repo", "add", "shelf", url);
}
