/** Namespace of the release records when none is named. */
export const RECORDS_NAMESPACE = "kube-system";
