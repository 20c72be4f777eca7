// Backends that cost their client nothing to think about: a forward input and an OTLP/HTTP collector that read and forget
// ('well'), or that take connections and then say and read nothing ('hanging'). Another process asks what has come.
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

const hangs = process.argv[2] === 'hanging';
const received = { fluentd: 0, otlp: 0 };

const forward = createServer((socket) => {
  socket.on('error', () => undefined);
  if (!hangs) socket.on('data', (chunk) => (received.fluentd += chunk.length));
});
const collector = createHttpServer((request, response) => {
  request.on('error', () => undefined);
  if (hangs) return;
  request.on('data', (chunk) => (received.otlp += chunk.length));
  request.on('end', () => response.end());
});
collector.keepAliveTimeout = 60_000;

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
process.on('message', () => process.send({ received }));
process.send({ fluentd: await listen(forward), otlp: await listen(collector) });
