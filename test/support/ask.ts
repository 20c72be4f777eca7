import { request as httpRequest } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** Of the answers before the answer. */
  readonly informational: readonly number[];
}

/** One request of HTTP/1.1 on a connection of its own. Rejects when the answer breaks off. */
export function askHttp1(port: number, asked: Asked, tls?: { ca: string }): Promise<Answer> {
  const { method = 'GET', path, body, headers } = asked;
  return new Promise((resolve, reject) => {
    const informational: number[] = [];
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false as const };
    const request =
      tls === undefined ? httpRequest(options) : httpsRequest({ ...options, ...tls, servername: 'a.test' });
    request.on('information', ({ statusCode }) => informational.push(statusCode));
    request.setTimeout(60_000, () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers, trailers } = response;
        resolve({ status, headers, body: text, trailers, informational });
      });
    });
    if (headers?.['expect'] === undefined) request.end(body);
    else {
      request.flushHeaders();
      request.once('continue', () => request.end(body));
    }
  });
}

/** One request of HTTP/2 on a connection of its own. */
export function askHttp2(port: number, asked: Asked, tls?: { ca: string }): Promise<Answer> {
  const { method = 'GET', path, body, headers } = asked;
  const origin = tls === undefined ? `http://127.0.0.1:${port}` : `https://127.0.0.1:${port}`;
  const session = connect(origin, { ...tls, servername: 'a.test' });
  return new Promise<Answer>((resolve, reject) => {
    const informational: number[] = [];
    let [status, text] = [0, ''];
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    session.on('error', reject);
    const withBody = body !== undefined || headers?.['expect'] !== undefined;
    const stream = session.request(
      { ':method': method, ':path': path, ':authority': 'a.test', ...headers },
      { endStream: !withBody },
    );
    stream.on('headers', (early) => informational.push(Number(early[':status'])));
    stream.on('response', (answer) => {
      head = answer;
      status = Number(answer[':status']);
    });
    stream.on('trailers', (late: IncomingHttpHeaders) => (trailers = late));
    stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    stream.setTimeout(60_000, () => reject(new Error(`no answer to ${method} ${path}`)));
    stream.on('error', reject);
    stream.on('end', () => {
      if (status === 0) reject(new Error('no answer'));
      else resolve({ status, headers: head, body: text, trailers, informational });
    });
    if (headers?.['expect'] !== undefined) stream.once('continue', () => void stream.end(body));
    else if (withBody) stream.end(body);
  }).finally(() => session.destroy());
}
