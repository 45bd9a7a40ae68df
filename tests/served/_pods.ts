/**
 * Random pod specifications, to check that they pass through unchanged.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";

const some = (fields: Record<string, Arbitrary<unknown>>, always: string[] = []): Arbitrary<object> =>
  fc.record(fields, { requiredKeys: always, noNullPrototype: true });
const word = fc.constantFrom("a", "b", "web");

const container = some({
  name: word,
  image: fc.constantFrom("nginx", "nginx:1", "nginx@sha256:0"),
  command: fc.array(word, { maxLength: 2 }),
  env: fc.array(some({ name: word, value: word }, ["name"]), { maxLength: 2 }),
  ports: fc.array(
    some({ containerPort: fc.integer({ min: 1, max: 99 }), name: word, protocol: fc.constantFrom("TCP", "UDP") }, [
      "containerPort",
    ]),
    { maxLength: 2 },
  ),
  resources: some({ limits: fc.constantFrom({ cpu: 1 }, { memory: "1024Mi", cpu: "0.5" }) }),
  livenessProbe: some({
    httpGet: some({ path: fc.constant("/"), port: fc.constantFrom(80, "http") }, ["port"]),
    periodSeconds: fc.integer({ min: 1, max: 9 }),
  }, ["httpGet"]),
}, ["name", "image"]);

/** The `spec` of a pod template. */
export const pods: Arbitrary<object> = some({
  containers: fc.array(container, { minLength: 1, maxLength: 2 }),
  serviceAccountName: word,
  nodeSelector: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }),
  terminationGracePeriodSeconds: fc.integer({ min: 0, max: 90 }),
  hostNetwork: fc.boolean(),
  restartPolicy: fc.constantFrom("Always", "OnFailure"),
  volumes: fc.array(some({ name: word, emptyDir: fc.constant({}) }, ["name"]), { maxLength: 2 }),
}, ["containers"]);
