import { constants } from 'node:http2';
import type { UpstreamFailure } from '../types.js';

const names = new Map(
  Object.entries(constants)
    .filter(
      ([name]) =>
        /^NGHTTP2_(NO_ERROR|.*_ERROR|REFUSED_STREAM|STREAM_CLOSED|CANCEL|ENHANCE_YOUR_CALM|INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)$/.test(
          name,
        ) && !name.startsWith('NGHTTP2_ERR'),
    )
    .map(([name, code]) => [code as number, name.slice('NGHTTP2_'.length)]),
);

const ofProtocol: ReadonlySet<number> = new Set([
  constants.NGHTTP2_PROTOCOL_ERROR,
  constants.NGHTTP2_FLOW_CONTROL_ERROR,
  constants.NGHTTP2_FRAME_SIZE_ERROR,
  constants.NGHTTP2_COMPRESSION_ERROR,
  constants.NGHTTP2_ENHANCE_YOUR_CALM,
]);

/** What a stream that was closed with a code failed of. */
export function failureOfCode(code: number): UpstreamFailure {
  const reason = names.get(code) ?? `code ${code}`;
  if (code === constants.NGHTTP2_REFUSED_STREAM) return { kind: 'refused-stream', reason };
  return { kind: ofProtocol.has(code) ? 'protocol' : 'remote-reset', reason };
}
