import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkBody } from './check-body.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Decoded JSON, as tests need it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- read by name
export type Body = Readonly<Record<string, any>>;

/** What a method answers instead of `{}`: a status with a text, an object for 200, or never. */
export type Answer = Body | { readonly status: number; readonly text: string } | typeof never;

export const never = Symbol('never');

/** Service Control and the token server of Google, as far as the adapter uses them, and as strict as they are. */
export class GoogleServer {
  readonly calls: { readonly service: string; readonly method: string; readonly body: Body }[] = [];
  /** What no client of Google may do. */
  readonly violations: string[] = [];
  tokens = 0;
  /** Answers the token server gives in place of tokens. */
  tokenAnswer: Answer | undefined;
  answer: (method: string, body: Body) => Answer = () => ({});
  readonly #operations = new Set<string>();
  readonly #changed = new Set<() => void>();

  private constructor(readonly server: Server) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<GoogleServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GoogleServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A file of credentials for this server. */
  get credentials(): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: 'p',
      private_key_id: 'k',
      private_key: privateKey,
      client_email: 'mixer@p.iam.gserviceaccount.com',
      token_uri: `${this.url}/token`,
    });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  reset(): void {
    this.calls.length = 0;
    this.answer = () => ({});
    this.tokenAnswer = undefined;
  }

  /** The bodies of the calls of a method, once there are so many. */
  async bodies(method: string, count = 1): Promise<readonly Body[]> {
    for (;;) {
      const found = this.calls.filter((call) => call.method === method);
      if (found.length >= count) return found.map(({ body }) => body);
      await new Promise<void>((resolve) => this.#changed.add(resolve));
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    // A connection that stays open would count as one that the adapter left behind.
    response.setHeader('connection', 'close');
    if (request.url === '/token') this.#giveToken(text, response);
    else this.#serveMethod(request, response, text);
    for (const resolve of this.#changed) resolve();
    this.#changed.clear();
  }

  #giveToken(text: string, response: ServerResponse): void {
    const form = new URLSearchParams(text);
    const problem = this.#judgeGrant(form);
    if (problem !== undefined) this.violations.push(problem);
    this.tokens += 1;
    reply(
      response,
      this.tokenAnswer ?? { access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 3600 },
    );
  }

  #judgeGrant(form: URLSearchParams): string | undefined {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'another grant';
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const key = createPublicKey(publicKey);
    const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
    if (!isSigned) return 'the assertion is not signed';
    const { iss, aud, scope, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Body;
    if (iss !== 'mixer@p.iam.gserviceaccount.com' || aud !== `${this.url}/token`) return 'another issuer or audience';
    if (!String(scope).includes('https://www.googleapis.com/auth/servicecontrol')) return 'not the scope';
    return exp - iat === 3600 ? undefined : 'not an hour';
  }

  #serveMethod(request: IncomingMessage, response: ServerResponse, text: string): void {
    const [, service, method] = /^\/v1\/services\/([^/:]+):(check|allocateQuota|report)$/.exec(request.url ?? '') ?? [];
    if (service === undefined || method === undefined || request.method !== 'POST') {
      this.violations.push(`${request.method ?? ''} ${request.url ?? ''}`);
      reply(response, { status: 404, text: '' });
      return;
    }
    const token = Number(/^Bearer token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1]);
    if (!(token >= 1 && token <= this.tokens)) this.violations.push('no token');
    if (request.headers['content-type'] !== 'application/json') this.violations.push('no content type');
    const body = JSON.parse(text) as Body;
    this.violations.push(...checkBody(method, body, this.#operations));
    this.calls.push({ service, method, body });
    reply(response, this.answer(method, body));
  }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === never) return;
  if ('text' in answer) {
    response.writeHead(Number(answer['status'])).end(answer['text']);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
