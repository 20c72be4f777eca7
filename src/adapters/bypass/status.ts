import type { DirectHttpResponse, Status } from 'fairlead/sdk';
import { readMessage } from './wire.js';

const directResponseType = 'istio.policy.v1beta1.DirectHttpResponse';

/** Decodes a google.rpc.Status; the first DirectHttpResponse in its details becomes its `directResponse`. */
export function readStatus(bytes: Uint8Array): Status {
  let code = 0;
  let message = '';
  let directResponse: DirectHttpResponse | undefined;
  readMessage(bytes, (field, reader) => {
    if (field === 1) code = reader.int32();
    else if (field === 2) message = reader.string();
    else if (field === 3) directResponse ??= readDetail(reader.bytes());
    else return false;
    return true;
  });
  return directResponse === undefined ? { code, message } : { code, message, directResponse };
}

function readDetail(bytes: Uint8Array): DirectHttpResponse | undefined {
  let typeUrl = '';
  let value: Uint8Array = new Uint8Array();
  readMessage(bytes, (field, reader) => {
    if (field === 1) typeUrl = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1) === directResponseType ? readDirectResponse(value) : undefined;
}

function readDirectResponse(bytes: Uint8Array): DirectHttpResponse {
  let code = 0;
  let body = '';
  const headers = new Map<string, string>();
  readMessage(bytes, (field, reader) => {
    if (field === 1) code = reader.int32();
    else if (field === 2) body = reader.string();
    else if (field === 3) headers.set(...readHeader(reader.bytes()));
    else return false;
    return true;
  });
  return { code, body, headers };
}

function readHeader(bytes: Uint8Array): [name: string, value: string] {
  let name = '';
  let value = '';
  readMessage(bytes, (field, reader) => {
    if (field === 1) name = reader.string();
    else if (field === 2) value = reader.string();
    else return false;
    return true;
  });
  return [name, value];
}
