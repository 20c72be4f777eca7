import { createServer } from 'node:net';

/** The wanted port of the loopback interface if nobody has it, else 0, which means any. */
export async function portIfFree(port: number): Promise<number> {
  return (await probe(port)) ?? 0;
}

/** The wanted port if nobody has it, else another that was free a moment ago: for programs that cannot say theirs. */
export async function portOrAnother(port: number): Promise<number> {
  return (await probe(port)) ?? (await probe(0)) ?? port;
}

function probe(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}
