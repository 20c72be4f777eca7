import { Duration, type Infer, s } from 'fairlead/sdk';

/** Params of the fluentd adapter (adapters.md 4.3), and what fairlead adds: eventMode and all below it. */
export const fluentdConfig = s.message({
  address: s.string('localhost:24224', 'Where the forward input listens, host:port.'),
  integerDuration: s.bool(false, 'Durations as whole milliseconds instead of text.'),
  instanceBufferSize: s.int64(0n, 'How many entries may wait; 0 is 65536, within the bound of bytes.'),
  maxBatchSizeBytes: s.int64(0n, 'The largest batch, and so the largest entry; 0 is 8 MiB. Two batches may wait.'),
  pushIntervalDuration: s.duration(Duration.zero, 'How long an entry may wait for others; 0 is a minute.'),
  pushTimeoutDuration: s.duration(Duration.zero, 'How long it may take to send a batch; 0 is a minute.'),
  eventMode: s.enum(
    { 0: 'MESSAGE', 1: 'PACKED_FORWARD' },
    'MESSAGE',
    'One message per entry, or one per tag and batch.',
  ),
  requireAck: s.bool(false, 'Whether the server has to acknowledge what it took.'),
  subSecondPrecision: s.bool(false, 'Times with nanoseconds (EventTime) instead of whole seconds.'),
  tls: s.optional(
    s.message({
      caFile: s.string('', 'Certificates to trust, in PEM; those of the system when empty.'),
      certFile: s.string('', 'Certificate of this client, in PEM.'),
      keyFile: s.string('', 'Key of that certificate, in PEM.'),
      serverName: s.string('', 'Name that the server must prove; the host of the address when empty.'),
    }),
    'Encrypts the connection.',
  ),
  security: s.optional(
    s.message({
      sharedKeyFile: s.string('', 'File that holds the key which the server shares with its clients.'),
      clientHostname: s.string('', 'What this client calls itself; the name of the machine when empty.'),
      username: s.string('', 'User, when the server wants one.'),
      passwordFile: s.string('', 'File that holds the password.'),
    }),
    'Proves to the server, and has it prove, that both know the key.',
  ),
});

export type FluentdConfig = Infer<typeof fluentdConfig>;
