// The opponent: http-proxy with an agent that keeps connections.
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

const { upstream } = JSON.parse(process.argv[2]);
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${upstream}`,
  agent: new Agent({ keepAlive: true, maxSockets: 1024 }),
  xfwd: true,
});
proxy.on('error', (_error, _request, response) => response.writeHead?.(502).end());
const server = createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
