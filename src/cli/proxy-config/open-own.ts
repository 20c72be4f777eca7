import { Cluster, Endpoints } from '../../gen/fairlead/proxy/v1/cluster.js';
import { Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import { RouteTable } from '../../gen/fairlead/proxy/v1/route.js';
import { type Message, textOf } from './fields.js';

interface Decoder {
  decode(value: Uint8Array): object;
}

const types: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['fairlead.proxy.v1.Cluster', Cluster],
  ['fairlead.proxy.v1.Endpoints', Endpoints],
  ['fairlead.proxy.v1.Listener', Listener],
  ['fairlead.proxy.v1.RouteTable', RouteTable],
]);

/** A resource of our own proxy that a dump holds as bytes; any other as it is. */
export function openOwn(message: Message): Message {
  const type = types.get(textOf(message['@type']).split('/').at(-1) ?? '');
  const { value } = message;
  if (type === undefined || typeof value !== 'string') return message;
  try {
    return toPlain(type.decode(Buffer.from(value, 'base64')));
  } catch {
    // A Pilot of another version may write what cannot be read here: then it is shown as it came.
    return message;
  }
}

/** As the admin port of our proxy writes it. */
function toPlain(message: object): Message {
  const text = JSON.stringify(message, (_, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    return value instanceof Map ? Object.fromEntries(value as ReadonlyMap<string, unknown>) : value;
  });
  return JSON.parse(text) as Message;
}
