import { equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { loadChart } from "./load.ts";
import { privacyOf } from "./private_places.ts";

const options = { ignore: Deno.build.os === "windows" };

Deno.test("privacyOf() names hidden files of the user and folders of the system", options, () => {
  const at = (path: string, root = "/home/ann/src/shop/web") => privacyOf(root, path, "/home/ann");
  for (const path of ["/home/ann/.ssh/id_rsa", "/home/ann/.netrc", "/home/ann/.kube", "/home/ann/..x/y"]) {
    match(at(path) ?? "", /hidden/, path);
  }
  for (const path of ["/etc/passwd", "/proc/self/environ", "/run/secrets/kubernetes.io/serviceaccount/token", "/dev"]) {
    match(at(path) ?? "", /system/, path);
  }
  for (
    const path of [
      "/home/ann/src/shop/common/_helpers.tpl",
      "/home/ann/src/shop/.helmignore",
      "/srv/shared",
      "/etcetera",
    ]
  ) {
    equal(at(path), undefined, path);
  }
  equal(at("/home/ann/.helm/starters/base", "/home/ann/.helm/starters/web"), undefined);
  match(at("/home/ann/.ssh/id_rsa", "/home/ann/.helm/starters/web") ?? "", /hidden/);
  equal(at("/etc/charts/common", "/etc/charts/web"), undefined);
  equal(at("/home/ann", "/srv/web"), undefined);
});

Deno.test(
  "loadChart() refuses a link to a private place, unless it is ignored",
  options,
  () =>
    inFolder({ "Chart.yaml": "name: web\nversion: 1.0.0\n" }, async (folder) => {
      for (const [link, target] of [["files", "/etc"], ["hosts", "/etc/hosts"]] as const) {
        const path = join(folder, link);
        await Deno.symlink(target, path);
        await rejects(loadChart(folder), {
          kind: "chart",
          message: `refused to read ${path}: it leads to ${target}, a folder of the system`,
        });
        await Deno.writeTextFile(join(folder, ".helmignore"), `${link}\n`);
        equal((await loadChart(folder)).metadata.name, "web");
        await Deno.remove(path);
        await Deno.remove(join(folder, ".helmignore"));
      }
    }),
);
