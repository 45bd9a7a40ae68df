import { textAt } from "../plain.ts";
import type { Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

const LEGACY = "kubernetes.io/legacy-unknown";

/** Refuses new requests without a signer; v1beta1 chose it from the request. */
export function checkSigningRequest(work: Work): void {
  const signer = textAt(work.object, "spec", "signerName");
  if (!work.isCreation || signer !== "" && signer !== LEGACY) return;
  const found = signer === "" ? "is missing" : `is ${signer}`;
  refuseUnacceptable(work, {
    field: "spec.signerName",
    text: `spec.signerName ${found}; the old version chose a signer from the request, the newer one requires it`,
    hint: "Write spec.signerName in the chart, such as kubernetes.io/kube-apiserver-client.",
  });
}
