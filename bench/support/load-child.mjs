// Load for machines without h2load: node load-child.mjs PORT PATH PAYLOAD-FILE COUNT. Four connections, 25 calls each.
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';

const [port, path, file, count] = process.argv.slice(2);
const payload = readFileSync(file);
const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
let left = Number(count);
let failed = 0;

await Promise.all(
  Array.from({ length: 4 }, async () => {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    const call = () =>
      new Promise((resolve) => {
        const stream = session.request(headers);
        stream.on('trailers', (trailers) => {
          if (trailers['grpc-status'] !== '0') failed++;
        });
        stream.on('error', () => failed++);
        stream.on('close', resolve);
        stream.resume();
        stream.end(payload);
      });
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        while (left-- > 0) await call();
      }),
    );
    session.close();
  }),
);
console.log(`${Number(count) - failed} succeeded, ${failed} failed`);
