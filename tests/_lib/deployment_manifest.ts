/** A small Deployment, for tests that only need one to be there. */

/**
 * Returns the manifest of a Deployment `web` with one container, whose image is in no registry.
 *
 * @param app The label of its selector and of its pods.
 * @param spec More lines of the spec, such as `replicas: 1`.
 */
export function deploymentManifest(app = "web", spec: readonly string[] = []): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
${spec.map((line) => `  ${line}\n`).join("")}  selector: {matchLabels: {app: ${app}}}
  template:
    metadata: {labels: {app: ${app}}}
    spec: {containers: [{name: main, image: example.invalid/main}]}
`;
}
