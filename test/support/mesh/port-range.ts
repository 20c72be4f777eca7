import { createServer } from 'node:net';

// Below what systems give to those who ask for any port. Each process of tests has a part of it for itself: programs
// that share ports, as Envoys do, would not notice that another one has theirs.
const [lowest, parts, size] = [10_240, 40, 300];
let next = 0;

/** Some ports of 127.0.0.1 that are free, and that no other process of tests takes. */
export async function ownPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (next === size) throw new Error('a suite takes more ports than it has');
    const port = lowest + (process.pid % parts) * size + next++;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
