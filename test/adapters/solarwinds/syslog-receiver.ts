import { createSocket } from 'node:dgram';

/** A socket of 127.0.0.1 that keeps what it gets. */
export interface SyslogReceiver {
  readonly port: number;
  readonly datagrams: readonly string[];
  /** Resolves when that many datagrams have come in all. */
  received(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function startSyslogReceiver(): Promise<SyslogReceiver> {
  const datagrams: string[] = [];
  const waiting = new Set<() => void>();
  const socket = createSocket('udp4');
  socket.on('message', (message) => {
    datagrams.push(message.toString());
    for (const check of waiting) check();
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    datagrams,
    received: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (datagrams.length < count) return;
          waiting.delete(check);
          resolve(datagrams);
        };
        waiting.add(check);
        check();
      }),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
