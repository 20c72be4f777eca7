import {
  type ApiKeyPlace,
  compileApiSpecs,
  compileQuotaSpecs,
  type HttpApiSpec,
  type HttpClientConfig,
  type MixerClientOptions,
  type QuotaSpec,
  type ServiceConfig,
  type StringMatch,
  type TcpClientConfig,
} from '../../client/index.js';
import type { StringMatch as StringMatchMessage } from '../../gen/fairlead/proxy/v1/match.js';
import type {
  ApiKey,
  ApiSpec,
  HttpMixer,
  MixerService,
  MixerTransport,
  QuotaRule,
  TcpMixer,
} from '../../gen/fairlead/proxy/v1/mixer.js';
import { millisOf } from '../millis.js';
import { toAttributeSet } from './attributes.js';

/** Of routes that name no service. */
const defaultService = 'default';

/**
 * How HTTP requests of a chain are checked and reported (mixer.proto).
 *
 * @throws Error for a regular expression that is none: better here than when the first request comes.
 */
export function toHttpConfig(mixer: HttpMixer): HttpClientConfig {
  return {
    serviceConfigs: new Map(Object.entries(mixer.services).map(([name, service]) => [name, toService(service)])),
    defaultDestinationService: defaultService,
    mixerAttributes: toAttributeSet(mixer.attributes),
    forwardAttributes: toAttributeSet(mixer.forwardAttributes),
    ignoreForwardedAttributes: mixer.ignoreForwardedAttributes,
  };
}

/**
 * How connections of a chain are.
 *
 * @throws Error as {@link toHttpConfig}.
 */
export function toTcpConfig(mixer: TcpMixer): TcpClientConfig {
  const interval = millisOf(mixer.reportInterval);
  return {
    mixerAttributes: toAttributeSet(mixer.attributes),
    disableCheckCalls: mixer.disableCheck,
    disableReportCalls: mixer.disableReport,
    connectionQuotaSpec: compiled(toQuotaSpec(mixer.quotaRules)),
    ...(interval === 0 ? {} : { reportIntervalMillis: interval }),
  };
}

/** The fields of the client that a configuration sets. */
export function toClientOptions(transport: MixerTransport): Partial<MixerClientOptions> {
  const { baseRetryWait, maxRetryWait } = transport;
  return {
    disableCheckCache: transport.disableCheckCache,
    disableQuotaCache: transport.disableQuotaCache,
    disableReportBatch: transport.disableReportBatch,
    networkFailPolicy: {
      policy: transport.failOpen ? 'open' : 'close',
      maxRetry: transport.maxRetries,
      ...(baseRetryWait === undefined ? {} : { baseRetryWaitMillis: millisOf(baseRetryWait) }),
      ...(maxRetryWait === undefined ? {} : { maxRetryWaitMillis: millisOf(maxRetryWait) }),
    },
    reportBatchMaxEntries: transport.reportBatchMaxEntries,
    reportBatchMaxMillis: millisOf(transport.reportBatchMaxTime),
    statsUpdateIntervalMillis: millisOf(transport.statsUpdateInterval),
  };
}

function toService(service: MixerService): ServiceConfig {
  const httpApiSpecs = service.apiSpecs.map(toApiSpec);
  compileApiSpecs(httpApiSpecs);
  return {
    disableCheckCalls: service.disableCheck,
    disableReportCalls: service.disableReport,
    mixerAttributes: toAttributeSet(service.attributes),
    forwardAttributes: toAttributeSet(service.forwardAttributes),
    quotaSpecs: [compiled(toQuotaSpec(service.quotaRules))],
    httpApiSpecs,
  };
}

/** The spec itself, when it compiles. */
function compiled(spec: QuotaSpec): QuotaSpec {
  compileQuotaSpecs([spec]);
  return spec;
}

/** Where the rules come from is no matter to the client. */
function toQuotaSpec(rules: readonly QuotaRule[]): QuotaSpec {
  return {
    name: 'rules',
    namespace: '',
    rules: rules.map(({ matches, charges }) => ({
      match: matches.map(({ clauses }) => ({
        clause: new Map(Object.entries(clauses).map(([name, match]) => [name, toStringMatch(match)])),
      })),
      quotas: charges.map(({ quota, charge }) => ({ quota, charge: Number(charge) })),
    })),
  };
}

function toStringMatch({ exact, prefix, regex }: StringMatchMessage): StringMatch {
  if (exact !== undefined) return { exact };
  if (prefix !== undefined) return { prefix };
  return regex === undefined ? {} : { regex };
}

function toApiSpec({ attributes, patterns, apiKeys }: ApiSpec): HttpApiSpec {
  return {
    name: 'spec',
    namespace: '',
    attributes: toAttributeSet(attributes),
    patterns: patterns.map(({ attributes: own, httpMethod, uriTemplate, regex }) => ({
      attributes: toAttributeSet(own),
      httpMethod,
      ...(uriTemplate === undefined ? {} : { uriTemplate }),
      ...(regex === undefined ? {} : { regex }),
    })),
    apiKeys: apiKeys.map(toApiKey),
  };
}

function toApiKey({ query, header, cookie }: ApiKey): ApiKeyPlace {
  if (query !== undefined) return { query };
  return header === undefined ? { cookie: cookie ?? '' } : { header };
}
