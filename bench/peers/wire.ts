/**
 * The least that has to cross the wire for a list: the metadata of all
 * records, and the content of those that are printed. What comes is thrown
 * away.
 *
 *   deno run -R -N bench/peers/wire.ts KUBECONFIG NAMESPACE NAME…
 *
 * @module
 */
import { readFileSync } from "node:fs";

const [kubeconfig = "", namespace = "", ...names] = Deno.args;
const config = JSON.parse(readFileSync(kubeconfig, "utf8"));
const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
const client = Deno.createHttpClient({ caCerts: [atob(ca)], http2: true });
const root = `${server}/api/v1/namespaces/${namespace}/configmaps`;
const authorization = `Bearer ${config.users[0].user.token}`;
const get = async (url: string, accept: string): Promise<void> => {
  const answer = await fetch(url, { client, headers: { authorization, accept } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  await answer.arrayBuffer();
};
await Promise.all([
  get(`${root}?labelSelector=OWNER%3DTILLER`, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"),
  ...names.map((name) => get(`${root}/${name}`, "application/json")),
]);
client.close();
