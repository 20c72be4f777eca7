import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';

// What a caller in a mesh sends besides the request line.
const headers = ['accept: application/json', 'accept-language: en', 'x-user: jason', 'cookie: session=4a41b9f6e8d0b'];
const path = '/api/v1/products?page=1';

/** Sends `count` requests over 32 connections from another process, all must succeed; gives requests a second. */
export function loadHttp(port: number, count: number): number {
  const output = runH2load(port, ['-n', String(count), '-c', '32']);
  if (!output.includes(`${count} succeeded`) || !output.includes(`${count} 2xx`)) {
    throw new Error(`the load did not get through:\n${output}`);
  }
  return Number(/([\d.]+) req\/s/.exec(output)![1]);
}

/** Sends 1,000 requests a second over ten connections for some seconds; gives the time of each, in milliseconds. */
export function timeHttp(port: number, seconds: number, log: string): number[] {
  rmSync(log, { force: true });
  runH2load(port, ['-n', String(1000 * seconds), '-c', '10', '--rps', '100', '--log-file', log]);
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.map((line) => Number(line.split('\t')[2]) / 1000);
}

function runH2load(port: number, args: readonly string[]): string {
  const sent = headers.flatMap((header) => ['-H', header]);
  return execFileSync('h2load', ['--h1', ...args, ...sent, `http://127.0.0.1:${port}${path}`], { encoding: 'utf8' });
}

/** Opens connections, each of which gets one answer and is idle from then on. */
export async function openIdle(port: number, count: number): Promise<{ close(): void }> {
  const sockets: Socket[] = [];
  const request = `GET ${path} HTTP/1.1\r\nhost: web\r\n${headers.join('\r\n')}\r\n\r\n`;
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      sockets.push(socket);
      socket.once('data', () => resolve());
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('an idle connection was closed')));
    });
  const lane = async (): Promise<void> => {
    while (sockets.length < count) await open();
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  return { close: () => sockets.forEach((socket) => socket.destroy()) };
}
