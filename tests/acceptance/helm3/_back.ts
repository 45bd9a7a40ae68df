/**
 * Back to Helm 2 after two upgrades by Helm 3: a real Tiller goes on with the release.
 *
 * @module
 */
import { plainChart } from "./_charts.ts";
import { type Lab, withTiller } from "./_lab.ts";
import { type Check, differs, failure, good, leftIn, migrate, type Stories } from "./_stories.ts";

/** Returns the stories. */
export function backStories(lab: Lab, kubeconfig: string): Stories {
  return {
    "back after two upgrades by Helm 3": (check) => back(lab, check, kubeconfig),
    "finish removes the records of migrated releases only": (check) => finish(lab, check, kubeconfig),
  };
}

async function back(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  const name = "returned";
  const [one, two] = [1, 2].map((version) => lab.files(`${name}/plain-${version}`, plainChart(version as 1 | 2))) as [
    string,
    string,
  ];
  await withTiller(lab, kubeconfig, async () => {
    good(await lab.helm("helm2", "install", one, "--name", name, "--namespace", name, "--set", "text=one"));
  });
  await migrate(lab, check, name);
  check(
    "first upgrade by Helm 3",
    failure(await lab.helm("helm3", "upgrade", name, one, "-n", name, "--set", "text=two")),
  );
  check(
    "second upgrade by Helm 3",
    failure(await lab.helm("helm3", "upgrade", name, two, "-n", name, "--set", "text=three,replicas=2")),
  );
  const refused = await lab.skeg("upgrade", name, one);
  check(
    "skeg refuses to change it",
    refused.code !== 0 && /Helm 3/.test(refused.stderr) ? "" : `${refused.code} ${refused.stderr}`,
  );
  check("the plan of going back", failure(await lab.skeg("migrate", "helm3", "back", name)));
  check("records of Helm 2 before", differs((await lab.records(name)).length, 1));
  check(
    "back",
    failure(
      await lab.skeg(
        "migrate",
        "helm3",
        "back",
        name,
        "--yes",
        "--all-revisions",
        "--archive",
        `${lab.folder}/archives`,
      ),
    ),
  );
  const records = await lab.records(name);
  check(
    "records of Helm 2",
    differs(records.map(({ revision, info }) => `${revision} ${info.status.code}`), [
      "1 SUPERSEDED",
      "2 SUPERSEDED",
      "3 DEPLOYED",
    ]),
  );
  check("values", /text: three/.test(records.at(-1)?.config?.raw ?? "") ? "" : `${records.at(-1)?.config?.raw}`);
  const secrets = await lab.read(`/api/v1/namespaces/${name}/secrets?labelSelector=owner%3Dhelm`) as unknown as {
    items: unknown[];
  };
  check("no records of Helm 3", differs(secrets.items.length, 0));
  const deployment = await lab.read(`/apis/apps/v1/namespaces/${name}/deployments/${name}`);
  check(
    "no marks of Helm 3",
    differs(Object.keys(deployment?.metadata?.annotations ?? {}).filter((key) => key.startsWith("meta.helm.sh/")), []),
  );
  await withTiller(lab, kubeconfig, async () => {
    const listed = await lab.helm("helm2", "list", "--output", "json");
    check("helm2 list", listed.stdout.includes(`"Name":"${name}","Revision":3`) ? "" : listed.stdout + listed.stderr);
    check("helm2 history", failure(await lab.helm("helm2", "history", name)));
    check("helm2 upgrade", failure(await lab.helm("helm2", "upgrade", name, two, "--set", "text=four")));
    check("helm2 rollback to a revision of Helm 3", failure(await lab.helm("helm2", "rollback", name, "2")));
    check("helm2 rollback to a revision of Helm 2", failure(await lab.helm("helm2", "rollback", name, "1")));
    check("helm2 delete", failure(await lab.helm("helm2", "delete", "--purge", name)));
  });
  check("nothing is left", differs(await leftIn(lab, name), []));
}

async function finish(lab: Lab, check: Check, kubeconfig: string): Promise<void> {
  const [name, other] = ["ended", "ended-other"];
  const chart = lab.files(`${name}/plain`, plainChart(1));
  await withTiller(lab, kubeconfig, async () => {
    for (const one of [name, other]) {
      good(await lab.helm("helm2", "install", chart, "--name", one, "--namespace", one));
    }
  });
  await migrate(lab, check, name);
  check("the preview", failure(await lab.skeg("migrate", "helm3", "finish", name)));
  check("records before", differs((await lab.records(name)).length, 1));
  check("finish", failure(await lab.skeg("migrate", "helm3", "finish", name, "--yes")));
  check("records after", differs((await lab.records(name)).length, 0));
  check("records of others", differs((await lab.records(other)).length, 1));
  check("Helm 3 has it", failure(await lab.helm("helm3", "status", name, "-n", name)));
  const early = await lab.skeg("migrate", "helm3", "finish", other, "--yes");
  check("a release that was not migrated is refused", early.code === 0 ? "it was not" : "");
  check("its records are there", differs((await lab.records(other)).length, 1));
}
