import { deepEqual, equal } from "node:assert/strict";
import { program } from "../../tests/_lib/program.ts";

const MEMORY = "--sandbox=:memory:";

Deno.test("a flag for the connection to Tiller is accepted, with a line on stderr", async () => {
  deepEqual(await program(["list", "--tls", "--short", MEMORY]), {
    code: 0,
    stdout: "",
    stderr: "Note: --tls has no effect. There is no connection to Tiller that could be encrypted; " +
      "the kubeconfig says how the API server is reached.\n",
  });
  equal(
    (await program(["list", "--host", "x:1", "--tls-verify", "--tls-cert=nowhere.pem", "--short", MEMORY])).stderr,
    "Note: --host, --tls-cert and --tls-verify have no effect: there is no Tiller.\n",
  );
});

Deno.test("variables for the connection to Tiller are passed over in silence", async () => {
  const variables = { HELM_HOST: "x:1", HELM_TLS_ENABLE: "true", HELM_TLS_CA_CERT: "nowhere.pem" };
  deepEqual(await program(["list", "--short", MEMORY], { variables }), { code: 0, stdout: "", stderr: "" });
});

Deno.test("version says that --tls has no effect, but not where nobody would be asked", async () => {
  equal((await program(["version", "--tls-hostname", "x"])).stderr.split(".")[0], "Note: --tls-hostname has no effect");
  equal((await program(["version", "-c", "--tls"])).stderr, "");
});
