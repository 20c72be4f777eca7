/** Bytes of names and values in the head of an answer; as many as Envoy takes. */
export const maxHeaderSize = 60 * 1024;
