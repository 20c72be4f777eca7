/** Passes a body on and tells its size when it has ended, or when its reader has gone; once. */
export function countBody(
  body: ReadableStream<Uint8Array>,
  onEnd: (bytes: number, isComplete: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          onEnd(bytes, true);
          return;
        }
        bytes += value.byteLength;
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        onEnd(bytes, false);
      }
    },
    cancel(reason) {
      onEnd(bytes, false);
      return reader.cancel(reason);
    },
  });
}
