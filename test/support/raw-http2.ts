import { connect, type Socket } from 'node:net';

export const frames = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
};
export const flags = { endStream: 1, endHeaders: 4 };

/** A frame of HTTP/2, whatever sense it makes. */
export function frame(type: number, flag: number, stream: number, payload: Buffer | readonly number[] = []): Buffer {
  const body = Buffer.from(payload as Buffer);
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flag, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** Header fields as literals, without a table or Huffman's code, so that nothing corrects them. */
export function fields(list: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    list.flatMap(([name, value]) => [
      Buffer.from([0]),
      integer(name.length),
      Buffer.from(name, 'latin1'),
      integer(value.length),
      Buffer.from(value, 'latin1'),
    ]),
  );
}

/** With a prefix of seven bits (RFC 7541, 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let left = value - 127;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  bytes.push(left);
  return Buffer.from(bytes);
}

export const request = (path = '/'): (readonly [string, string])[] => [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'a'],
  [':path', path],
];

export const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(frames.settings, 0, 0)]);

const statuses = new Map([
  [0x88, 200],
  [0x89, 204],
  [0x8c, 400],
  [0x8d, 404],
  [0x8e, 500],
]);

/** From the table, or as a literal of three figures. */
function statusOf(payload: Buffer): number | string {
  if (payload[0] === 0x48 || payload[0] === 0x08) return payload.subarray(2, 5).toString();
  return statuses.get(payload[0]!) ?? payload.toString('hex');
}

/** What the server says to a stream, or to the connection: the first that counts. */
export class RawHttp2 {
  readonly socket: Socket;
  readonly events: string[] = [];
  isClosed = false;
  #rest = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.isClosed = true));
    this.socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.socket.write(preface);
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) return;
      const [type, stream] = [this.#rest[3]!, this.#rest.readUInt32BE(5)];
      const payload = this.#rest.subarray(9, 9 + length);
      this.#rest = this.#rest.subarray(9 + length);
      if (type === frames.headers) this.events.push(`${stream}: ${statusOf(payload)}`);
      if (type === frames.reset) this.events.push(`${stream}: reset ${payload.readUInt32BE(0)}`);
      if (type === frames.goAway) this.events.push(`goaway ${payload.readUInt32BE(4)}`);
    }
  }
}
