import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends requests for one URL to an HTTP proxy over a few connections, one after the other on each, and counts the
 * answers by the name of the service. With as little work of its own as can be: there are many.
 */
export async function countAnswers(port: number, url: string, requests: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const text = `GET ${url} HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`;
  let left = requests;
  const client = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    let got = '';
    const next = (): void => {
      left -= 1;
      if (left < 0) socket.end();
      else socket.write(text);
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      got += chunk;
      // Bodies are JSON, and nothing else has a brace.
      if (!/\}(?:\r\n0\r\n\r\n)?$/.test(got)) return;
      const name = /^x-by: (.*)\r$/im.exec(got)?.[1] ?? got;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      got = '';
      next();
    });
    const ended = once(socket, 'close');
    next();
    await ended;
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return counts;
}
