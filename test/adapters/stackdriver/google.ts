import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  type BackendAnswer,
  type BackendRequest,
  type HttpBackend,
  startHttpBackend,
} from '../../support/http-backend.js';
import { entryProblem, orderProblem, seriesProblem, spanProblem } from './google-rules.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Decoded JSON, as tests need it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- read by name
export type Body = Readonly<Record<string, any>>;

/** The token server, Cloud Monitoring, Logging and Trace, as far as the adapter uses them, and as strict as they are. */
export class Google {
  /** What was taken. */
  readonly series: Body[] = [];
  readonly entries: Body[] = [];
  readonly spans: Body[] = [];
  readonly sinks = new Map<string, Body>();
  /** What no client may do. */
  readonly violations: string[] = [];
  /** Calls by path, without those for tokens. */
  readonly calls: string[] = [];
  tokens = 0;
  /** Tokens up to this one are no longer taken. */
  expired = 0;
  /** What is answered in place of what the API would. */
  fail: (path: string, body: Body) => BackendAnswer | undefined = () => undefined;
  /** The same for tokens. */
  failToken: () => BackendAnswer | undefined = () => undefined;
  readonly #insertIds = new Set<string>();
  readonly #last = new Map<string, Body>();

  private constructor(readonly backend: HttpBackend) {
    backend.answer = (request) => this.#answer(request);
  }

  static async start(): Promise<Google> {
    return new Google(await startHttpBackend());
  }

  get url(): string {
    return this.backend.url;
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

  #answer(request: BackendRequest): BackendAnswer {
    if (request.path === '/token') return this.failToken() ?? this.#giveToken(request);
    this.calls.push(`${request.method} ${request.path}`);
    const token = Number(/^Bearer token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1]);
    if (!(token >= 1 && token <= this.tokens)) this.violations.push('no token');
    if (request.headers['content-type'] !== 'application/json') this.violations.push('no content type');
    if (request.raw.length > 10_000_000) this.violations.push('the call is too large');
    if (token <= this.expired) return refuse(401, 'UNAUTHENTICATED');
    const body = JSON.parse(request.body) as Body;
    const failure = this.fail(request.path, body);
    if (failure !== undefined) return failure;
    if (request.path === '/v3/projects/p/timeSeries') return this.#takeSeries(body);
    if (request.path === '/v2/entries:write') return this.#takeEntries(body);
    if (request.path === '/v2/projects/p/traces:batchWrite') return this.#takeSpans(body);
    if (request.path.startsWith('/v2/projects/p/sinks')) return this.#writeSink(request, body);
    this.violations.push(`${request.method} ${request.path}`);
    return 404;
  }

  #giveToken({ body }: BackendRequest): BackendAnswer {
    const form = new URLSearchParams(body);
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey(publicKey),
      Buffer.from(signature, 'base64url'),
    );
    const { aud, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Body;
    if (!isSigned || aud !== `${this.url}/token`) this.violations.push('the assertion is not signed for this server');
    if (scope !== 'https://www.googleapis.com/auth/cloud-platform') this.violations.push('another scope');
    this.tokens += 1;
    return ok({ access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 3600 });
  }

  #takeSeries({ timeSeries }: Body): BackendAnswer {
    const all = timeSeries as readonly Body[];
    if (all.length === 0 || all.length > 200) this.violations.push(`${all.length} series`);
    const seen = new Set<string>();
    for (const one of all) {
      const id = JSON.stringify([one['metric'], one['resource']]);
      const problem =
        (seen.has(id) ? 'one series twice' : undefined) ?? seriesProblem(one) ?? orderProblem(one, this.#last.get(id));
      if (problem !== undefined) this.violations.push(problem);
      seen.add(id);
      this.#last.set(id, one);
    }
    this.series.push(...all);
    return ok({});
  }

  /** Takes entries as with `partialSuccess`; one that it has already is taken as the same one. */
  #takeEntries({ entries, partialSuccess }: Body): BackendAnswer {
    if (partialSuccess !== true) this.violations.push('not partialSuccess');
    const errors: Record<number, Body> = {};
    for (const [index, entry] of (entries as readonly Body[]).entries()) {
      const problem = entryProblem(entry);
      if (problem !== undefined) errors[index] = { code: 3, message: problem };
      else if (!this.#insertIds.has(entry['insertId'] as string)) this.entries.push(entry);
      this.#insertIds.add(entry['insertId'] as string);
    }
    if (Object.keys(errors).length === 0) return ok({});
    return refuse(400, 'INVALID_ARGUMENT', {
      '@type': 'type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors',
      logEntryErrors: errors,
    });
  }

  #takeSpans({ spans }: Body): BackendAnswer {
    for (const span of spans as readonly Body[]) {
      const problem = spanProblem(span);
      if (problem !== undefined) this.violations.push(problem);
    }
    this.spans.push(...(spans as readonly Body[]));
    return ok({});
  }

  #writeSink({ method, path }: BackendRequest, body: Body): BackendAnswer {
    const { pathname, searchParams } = new URL(path, this.url);
    const name = body['name'] as string;
    if (method === 'POST') {
      if (this.sinks.has(name)) return refuse(409, 'ALREADY_EXISTS');
      this.sinks.set(name, { ...body, unique: searchParams.get('uniqueWriterIdentity') });
      return ok({});
    }
    if (method !== 'PATCH' || pathname !== `/v2/projects/p/sinks/${name}`) return 404;
    const fields = (searchParams.get('updateMask') ?? '').split(',').map((field) => [field, body[field] as unknown]);
    this.sinks.set(name, { ...this.sinks.get(name), ...(Object.fromEntries(fields) as Body) });
    return ok({});
  }
}

/** An error as the APIs give it. */
export function refuse(status: number, code: string, ...details: readonly Body[]): BackendAnswer {
  const body = JSON.stringify({ error: { code: status, message: `${code} it is`, status: code, details } });
  return { status, body, headers: { 'content-type': 'application/json' } };
}

function ok(body: Body): BackendAnswer {
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
