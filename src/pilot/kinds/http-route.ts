import { type Infer, s } from '../../util/schema.js';
import { destination } from './destination.js';
import { maybeDuration, maybeText, percent, stringMatch, textMap, texts } from './fields.js';

const operations = s.message({ set: textMap(), add: textMap(), remove: texts() });
const headers = s.message({ request: operations, response: operations });
/** Changes of headers on the way in and out. */
export type Headers = Infer<typeof headers>;
export type HeaderOperations = Infer<typeof operations>;

/** Names of before `headers`, still read. */
const formerHeaders = {
  removeResponseHeaders: texts('Use headers.'),
  appendResponseHeaders: textMap('Use headers.'),
  removeRequestHeaders: texts('Use headers.'),
  appendRequestHeaders: textMap('Use headers.'),
} as const;

const httpMatch = s.message({
  name: s.string(),
  uri: s.optional(stringMatch),
  scheme: s.optional(stringMatch),
  method: s.optional(stringMatch),
  authority: s.optional(stringMatch),
  headers: s.map(stringMatch),
  port: s.optional(s.int32()),
  sourceLabels: textMap(),
  gateways: texts(),
  queryParams: s.map(stringMatch),
  ignoreUriCase: s.bool(),
});
export type HttpMatch = Infer<typeof httpMatch>;

const httpDestination = s.message({ destination, weight: s.int32(), headers, ...formerHeaders });
export type HttpDestination = Infer<typeof httpDestination>;

const redirect = s.message({ uri: s.string(), authority: s.string(), redirectCode: s.int32() });
export type Redirect = Infer<typeof redirect>;
const rewrite = s.message({ uri: s.string(), authority: s.string() });
export type Rewrite = Infer<typeof rewrite>;
const retries = s.message({ attempts: s.int32(), perTryTimeout: maybeDuration(), retryOn: s.string() });
export type Retries = Infer<typeof retries>;

const share = { percent: s.optional(s.int32()), percentage: s.optional(percent) } as const;
const delay = s.message(
  { ...share, fixedDelay: maybeDuration(), exponentialDelay: maybeDuration() },
  { oneofs: [['fixedDelay', 'exponentialDelay']] },
);
const abort = s.message(
  { ...share, httpStatus: s.optional(s.int32()), grpcStatus: maybeText(), http2Error: maybeText() },
  { oneofs: [['httpStatus', 'grpcStatus', 'http2Error']] },
);
const fault = s.message({ delay: s.optional(delay), abort: s.optional(abort) });
export type Fault = Infer<typeof fault>;

const corsPolicy = s.message({
  allowOrigin: texts('Origins, or * alone.'),
  allowMethods: texts(),
  allowHeaders: texts(),
  exposeHeaders: texts(),
  maxAge: maybeDuration(),
  allowCredentials: s.optional(s.bool()),
});
export type CorsPolicy = Infer<typeof corsPolicy>;

/** A rule for HTTP requests (mesh.md 2.1.1). */
export const httpRoute = s.message({
  name: s.string(),
  match: s.list(httpMatch),
  route: s.list(httpDestination),
  redirect: s.optional(redirect),
  rewrite: s.optional(rewrite),
  websocketUpgrade: s.bool(false, 'Has no effect: every route lets WebSockets through.'),
  timeout: maybeDuration(),
  retries: s.optional(retries),
  fault: s.optional(fault),
  mirror: s.optional(destination),
  mirrorPercent: s.optional(s.int32()),
  corsPolicy: s.optional(corsPolicy),
  headers,
  appendHeaders: textMap('Use headers.'),
  ...formerHeaders,
});
export type HttpRoute = Infer<typeof httpRoute>;
