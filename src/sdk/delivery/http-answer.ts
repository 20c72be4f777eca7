/** What came back: its body as far as it was read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** False when there was more than the sender may read. */
  readonly isComplete: boolean;
}

/**
 * Reads an answer up to a bound, and lets go of the rest, so that the connection serves the next request or is closed.
 *
 * @throws when the body breaks off and `mustRead` is set; otherwise what came so far has to do.
 */
export async function readAnswer(
  response: Response,
  options: { readonly maxBytes: number; readonly mustRead: boolean },
): Promise<HttpAnswer> {
  const { status, headers } = response;
  const chunks: Uint8Array[] = [];
  let isComplete = false;
  try {
    isComplete = await readBody(response, chunks, options.maxBytes);
  } catch (cause) {
    if (options.mustRead) throw cause;
  }
  const body = Buffer.concat(chunks).subarray(0, options.maxBytes).toString('utf8');
  return { status, headers, body, isComplete };
}

async function readBody(response: Response, chunks: Uint8Array[], maxBytes: number): Promise<boolean> {
  if (response.body === null) return true;
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) return false;
  }
  return true;
}
