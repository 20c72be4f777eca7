import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { type InstanceTypes, rpcCode, type Status, type ValueType } from 'fairlead/sdk';
import type { checknothing, metric, quota, reportnothing } from 'fairlead/templates';
import { encodeAnyOf, writeAny } from './any.js';
import type { Backend } from './backend.js';
import { readStatus } from './status.js';
import { encode, LENGTH, readMessage, VARINT, writeMessage, writeNested } from './wire.js';

const service = '/istio.mixer.adapter.model.v1beta1.InfrastructureBackend';
// As the API's documentation spells it: a session goes where a configuration would.
const sessionType = 'google.protobuf.Any.type_url';

type Types = InstanceTypes<typeof checknothing | typeof reportnothing | typeof metric | typeof quota>;

/** What a session is opened with: the backend's configuration, and the instances that will come. */
export interface SessionInput {
  readonly config: Uint8Array | undefined;
  readonly types: Types;
}

/** Has the backend look at its configuration, and gives the id of a session with it. Rejects when it refuses. */
export async function openSession(backend: Backend, input: SessionInput, signal: AbortSignal): Promise<string> {
  const request = encode((writer) => {
    writeAny(writer, 1, input.config);
    writeTypes(writer, input.types);
  });
  const validated = readAnswer(await backend.call(`${service}/Validate`, request, signal), { status: 1 });
  if (validated.status.code !== rpcCode.OK) throw new Error(`params: validation error: ${toText(validated.status)}`);
  const created = readAnswer(await backend.call(`${service}/CreateSession`, request, signal), { id: 1, status: 2 });
  if (created.status.code !== rpcCode.OK) throw new Error(`session not created: ${toText(created.status)}`);
  return created.id;
}

/** Ends a session. Rejects when the backend cannot, or will not. */
export async function closeSession(backend: Backend, id: string, signal: AbortSignal): Promise<void> {
  const request = encode((writer) => writer.tag(1, LENGTH).string(id));
  const { status } = readAnswer(await backend.call(`${service}/CloseSession`, request, signal), { status: 1 });
  if (status.code !== rpcCode.OK) throw new Error(`session not closed: ${toText(status)}`);
}

/** What calls of a session have in place of a configuration. */
export function sessionConfig(id: string): Uint8Array {
  return encodeAnyOf(sessionType, Buffer.from(id));
}

function readAnswer(
  bytes: Uint8Array,
  fields: { readonly id?: number; readonly status: number },
): { readonly id: string; readonly status: Status } {
  let id = '';
  let status: Status = { code: rpcCode.OK, message: '' };
  readMessage(bytes, (field, reader) => {
    if (field === fields.status) status = readStatus(reader.bytes());
    else if (field === fields.id) id = reader.string();
    else return false;
    return true;
  });
  return { id, status };
}

function toText({ code, message }: Status): string {
  return `${code}/${message}`;
}

function writeTypes(writer: BinaryWriter, types: Types): void {
  const write = (name: string, template: string, type: Uint8Array): void =>
    writeNested(writer, 2, () => {
      writer.tag(1, LENGTH).string(name);
      writeMessage(writer, 2, encodeAnyOf(`type.googleapis.com/${template}.Type`, type));
    });
  for (const template of ['checknothing', 'reportnothing'] as const) {
    for (const name of types[template].keys()) write(name, template, new Uint8Array());
  }
  for (const [name, type] of types.metric) {
    const encoded = encode((inner) => {
      inner.tag(1, VARINT).int32(valueTypes.indexOf(type.value));
      writeMap(inner, 2, type.dimensions);
      writeMap(inner, 4, type.monitoredResourceDimensions);
    });
    write(name, 'metric', encoded);
  }
  for (const [name, type] of types.quota) {
    write(
      name,
      'quota',
      encode((inner) => writeMap(inner, 1, type.dimensions)),
    );
  }
}

function writeMap(writer: BinaryWriter, field: number, types: Readonly<Record<string, ValueType>>): void {
  for (const [name, type] of Object.entries(types)) {
    writeNested(writer, field, () => {
      writer.tag(1, LENGTH).string(name);
      writer.tag(2, VARINT).int32(valueTypes.indexOf(type));
    });
  }
}

/** By their number in istio.policy.v1beta1.ValueType. */
const valueTypes: readonly ValueType[] = [
  'VALUE_TYPE_UNSPECIFIED',
  'STRING',
  'INT64',
  'DOUBLE',
  'BOOL',
  'TIMESTAMP',
  'IP_ADDRESS',
  'EMAIL_ADDRESS',
  'URI',
  'DNS_NAME',
  'DURATION',
  'STRING_MAP',
];
