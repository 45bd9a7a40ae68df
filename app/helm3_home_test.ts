import { equal } from "node:assert/strict";
import { join } from "node:path";
import { helm3Home } from "./helm3_home.ts";

const variables = (given: Readonly<Record<string, string>>) => (name: string): string | undefined => given[name];

Deno.test("helm3Home() follows Helm 3's variables, then XDG's, then the platform", () => {
  const HOME = "/home/ann";
  equal(helm3Home(variables({ HOME }), "linux").repositories, "/home/ann/.config/helm/repositories.yaml");
  equal(helm3Home(variables({ HOME }), "linux").plugins, "/home/ann/.local/share/helm/plugins");
  equal(
    helm3Home(variables({ HOME }), "darwin").repositories,
    "/home/ann/Library/Preferences/helm/repositories.yaml",
  );
  equal(helm3Home(variables({ HOME }), "darwin").starters, "/home/ann/Library/helm/starters");
  const roaming = "C:/Users/ann/AppData/Roaming";
  equal(helm3Home(variables({ APPDATA: roaming }), "win32").repositories, join(roaming, "helm", "repositories.yaml"));
  const xdg = { HOME, XDG_CONFIG_HOME: "/x/config", XDG_DATA_HOME: "/x/data" };
  equal(helm3Home(variables(xdg), "darwin").repositories, "/x/config/helm/repositories.yaml");
  equal(helm3Home(variables(xdg), "linux").starters, "/x/data/helm/starters");
  const own = { ...xdg, HELM_CONFIG_HOME: "/own/config", HELM_DATA_HOME: "/own/data" };
  equal(helm3Home(variables(own), "linux").repositories, "/own/config/repositories.yaml");
  equal(helm3Home(variables(own), "linux").plugins, "/own/data/plugins");
  const named = { ...own, HELM_REPOSITORY_CONFIG: "/r.yaml", HELM_PLUGINS: "/p" };
  equal(helm3Home(variables(named), "linux").repositories, "/r.yaml");
  equal(helm3Home(variables(named), "linux").plugins, "/p");
  equal(helm3Home(variables(named), "linux").starters, "/own/data/starters");
});
