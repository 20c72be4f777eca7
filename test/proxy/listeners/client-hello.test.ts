import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { parseClientHello } from '../../../src/proxy/listeners/client-hello.js';

/** What node's client begins with. */
function realHello(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        resolve(chunk);
        done();
      },
    });
    const socket = connect({ socket: wire, ...options });
    socket.on('error', () => undefined);
    wire.once('close', () => socket.destroy());
  });
}

function sized(bytes: number, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), sized(2, content)]);
}

function serverNames(...names: (readonly [type: number, name: string])[]): Buffer {
  const entries = names.map(([type, name]) =>
    Buffer.concat([Buffer.from([type]), sized(2, Buffer.from(name, 'latin1'))]),
  );
  return extension(0, sized(2, Buffer.concat(entries)));
}

function alpn(...names: string[]): Buffer {
  return extension(16, sized(2, Buffer.concat(names.map((name) => sized(1, Buffer.from(name))))));
}

interface Parts {
  readonly extensions?: Buffer | undefined;
  readonly head?: Buffer;
  readonly type?: number;
}

const plainHead = Buffer.concat([
  Buffer.from([3, 3]),
  Buffer.alloc(32),
  sized(1, Buffer.alloc(0)),
  sized(2, Buffer.from([0x13, 1])),
  sized(1, Buffer.from([0])),
]);

function message({ extensions, head = plainHead, type = 1 }: Parts): Buffer {
  const body = extensions === undefined ? head : Buffer.concat([head, sized(2, extensions)]);
  return Buffer.concat([Buffer.from([type]), sized(3, body)]);
}

function records(content: Buffer, size = content.length): Buffer {
  const all: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) {
    all.push(Buffer.concat([Buffer.from([22, 3, 1]), sized(2, content.subarray(at, at + size))]));
  }
  return Buffer.concat(all);
}

function hello(...extensions: Buffer[]): Buffer {
  return records(message({ extensions: Buffer.concat(extensions) }));
}

function found(serverName: string | undefined, protocols: string[] = []) {
  return { kind: 'found', value: { serverName, alpn: protocols } };
}

test('what clients really send is read, and never before it is whole', async () => {
  for (const options of [{}, { servername: 'a.Example', ALPNProtocols: ['h2', 'http/1.1'] }] as ConnectionOptions[]) {
    const bytes = await realHello(options);
    const want = found(options.servername, (options.ALPNProtocols as string[] | undefined) ?? []);
    assert.deepEqual(parseClientHello(bytes), want);
    assert.deepEqual(parseClientHello(Buffer.concat([bytes, Buffer.from('more')])), want);
    for (let length = 0; length < bytes.length; length++) {
      const verdict = parseClientHello(bytes.subarray(0, length));
      assert.ok(verdict.kind === 'more' && verdict.atLeast > length && verdict.atLeast <= bytes.length);
    }
  }
});

test('records of any size are put together', async () => {
  const content = (await realHello({ servername: 'a.example' })).subarray(5);
  for (const size of [1, 2, 3, 4, 5, 100, content.length - 1]) {
    assert.deepEqual(parseClientHello(records(content, size)), found('a.example'), `of ${size} bytes`);
  }
});

const good: readonly (readonly [title: string, bytes: Buffer, want: object])[] = [
  ['no extensions', records(message({})), found(undefined)],
  ['an empty list of extensions', hello(), found(undefined)],
  ['unknown extensions', hello(extension(0x0a0a, Buffer.alloc(1)), serverNames([0, 'a_.b-c.d'])), found('a_.b-c.d')],
  ['the name of a cluster', hello(serverNames([0, 'outbound_.80_._.a.b'])), found('outbound_.80_._.a.b')],
  ['ALPN', hello(alpn('h2', 'x')), found(undefined, ['h2', 'x'])],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), { kind: 'found', value: undefined }],
  ['22 and something', Buffer.from([22, 4, 0, 0]), { kind: 'found', value: undefined }],
];

for (const [title, bytes, want] of good) {
  test(`${title}: is understood`, () => assert.deepEqual(parseClientHello(bytes), want));
}

const bad: readonly (readonly [title: string, bytes: Buffer])[] = [
  ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
  ['a record that is too long', Buffer.from([22, 3, 1, 0x40, 1])],
  ['records that are too long together', records(message({ extensions: extension(9, Buffer.alloc(16_330)) }), 8000)],
  ['another message', records(message({ type: 2 }))],
  ['a message that says it is too long', records(Buffer.from([1, 1, 0, 0, 0]))],
  ['a short head', records(message({ head: plainHead.subarray(0, 30) }))],
  [
    'a session beyond the end',
    records(message({ head: Buffer.concat([plainHead.subarray(0, 34), Buffer.from([255])]) })),
  ],
  [
    'bytes after the extensions',
    records(message({ head: Buffer.concat([plainHead, sized(2, Buffer.alloc(0)), Buffer.from([0])]) })),
  ],
  ['one byte of extensions', records(message({ head: Buffer.concat([plainHead, Buffer.from([0])]) }))],
  ['an extension beyond the end', hello(Buffer.from([0, 0, 0, 9, 0]))],
  ['two server names', hello(serverNames([0, 'a'], [0, 'b']))],
  ['two extensions of server names', hello(serverNames([0, 'a']), serverNames([0, 'b']))],
  ['two extensions of another kind', hello(extension(5, Buffer.alloc(0)), extension(5, Buffer.alloc(0)))],
  ['no server name in the list', hello(serverNames())],
  ['an empty server name', hello(serverNames([0, '']))],
  ['another type of name', hello(serverNames([1, 'a']))],
  ['a NUL in the name', hello(serverNames([0, 'a\0.b']))],
  ['a name beyond ASCII', hello(serverNames([0, 'ä.b']))],
  ['a name that is too long', hello(serverNames([0, 'a'.repeat(256)]))],
  ['bytes after the names', hello(extension(0, Buffer.concat([serverNames([0, 'a']).subarray(4), Buffer.from([0])])))],
  ['an empty protocol', hello(alpn(''))],
  ['no protocols', hello(alpn())],
  ['a protocol beyond the end', hello(extension(16, Buffer.from([0, 2, 9, 0])))],
];

for (const [title, bytes] of bad) {
  test(`${title}: is refused`, () => assert.equal(parseClientHello(bytes).kind, 'bad'));
}

test('another record in between is refused', () => {
  const first = records(message({}), 10).subarray(0, 15);
  assert.equal(parseClientHello(Buffer.concat([first, Buffer.from([21, 3, 1, 0, 2, 1, 0])])).kind, 'bad');
  assert.equal(parseClientHello(Buffer.concat([first, Buffer.from([22, 2, 1, 0, 2, 1, 0])])).kind, 'bad');
});

test('no change of bytes makes it throw, or wait for more than 16 KiB', async () => {
  const bytes = await realHello({ servername: 'a.example', ALPNProtocols: ['h2'] });
  let state = 1;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const changed = Buffer.from(bytes);
    for (let count = random(4); count >= 0; count--) changed[random(changed.length)] = random(256);
    const verdict = parseClientHello(changed.subarray(0, random(changed.length + 1)));
    if (verdict.kind === 'more') assert.ok(verdict.atLeast <= 16_384);
  }
});
