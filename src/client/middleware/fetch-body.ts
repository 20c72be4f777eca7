/** Passes a body on and tells of its bytes: as they go by, and once when it has ended or its reader has gone. */
export interface BodyWatch {
  readonly onBytes?: (bytes: number) => void;
  readonly onEnd?: (bytes: number, isComplete: boolean) => void;
}

/** The same body, watched. It is read no sooner than its reader asks. */
export function watchBody(
  body: ReadableStream<Uint8Array>,
  { onBytes, onEnd }: BodyWatch,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  let bytes = 0;
  let isEnded = false;
  const end = (isComplete: boolean): void => {
    if (isEnded) return;
    isEnded = true;
    onEnd?.(bytes, isComplete);
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          // A cancelled body ends its pending read as well.
          if (isEnded) return;
          if (done) {
            controller.close();
            end(true);
            return;
          }
          bytes += value.byteLength;
          onBytes?.(value.byteLength);
          controller.enqueue(value);
        } catch (error) {
          if (!isEnded) controller.error(error);
          end(false);
        }
      },
      cancel(reason) {
        end(false);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
