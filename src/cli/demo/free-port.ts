import { createServer } from 'node:net';

/** The wanted port of the loopback interface if nobody has it, else 0, which means any. */
export function portIfFree(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(0);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(port);
      });
    });
  });
}
