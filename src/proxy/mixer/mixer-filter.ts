import {
  addressBytes,
  createHttpFilter,
  forwardedHeader,
  type HttpClientConfig,
  type HttpDecision,
  type HttpExchange,
  type MixerCalls,
  type NodeIdentity,
} from '../../client/index.js';
import type { FilterControl, HttpFilter } from '../filters/filter.js';
import type { Exchange } from '../http/exchange.js';
import { Headers } from '../http/headers.js';
import type { LocalReply } from '../http/message.js';
import type { UpstreamEndpoint } from '../upstream/types.js';
import { changeRequest, changeResponse } from './apply-changes.js';
import { connectionFacts } from './connection-facts.js';
import { HeaderMap } from './header-map.js';

const name = 'mixer';
/** Of a request that was never answered. */
const none = new Headers();

interface State {
  readonly mixer: HttpExchange;
  readonly requestBytes: number;
  decision: HttpDecision | undefined;
}

/** Asks Mixer before a request goes on, and tells it afterwards (mesh.md 1.2 to 1.7 and 1.13). */
export function createMixerFilter(
  config: HttpClientConfig,
  client: MixerCalls,
  node: NodeIdentity | undefined,
): HttpFilter {
  const filter = createHttpFilter({ client, config, ...(node === undefined ? {} : { node }) });
  return {
    name,
    onRequest: (exchange, control) => {
      const state = begin(exchange);
      // Only for those who wait: making one takes longer than finding a known answer.
      let gone: AbortController | undefined;
      const decision = state.mixer.check(() => (gone = new AbortController()).signal);
      if (!(decision instanceof Promise)) return decide(exchange, state, decision, control);
      control.onGone(() => gone?.abort());
      return decision.then((late) => decide(exchange, state, late, control));
    },
    onResponse: ({ state, response }) => {
      const decision = (state.get(name) as State | undefined)?.decision;
      if (decision === undefined || response === undefined) return;
      // A plain denial is answered as it is.
      changeResponse(decision.reply?.headerChanges ?? decision.responseChanges, response.headers);
    },
    onEnd: (exchange) => {
      // A request that never came to this filter is reported all the same.
      const state = (exchange.state.get(name) as State | undefined) ?? begin(exchange);
      state.mixer.report(responseFacts(exchange, state));
    },
  };

  function begin(exchange: Exchange): State {
    const { request, target, route, downstream, startedAt } = exchange;
    const { authority, method, path, scheme } = request;
    const pseudo = [':authority', authority, ':method', method, ':path', path, ':scheme', scheme];
    const headers = new HeaderMap(request.headers, pseudo);
    const facts = { headers, wallMillis: startedAt, connection: connectionFacts(downstream) };
    const service = target?.mixerService ?? route?.mixerService;
    const state: State = {
      mixer: filter.begin(facts, service === '' ? undefined : service),
      requestBytes: headers.length,
      decision: undefined,
    };
    exchange.state.set(name, state);
    request.headers.remove(forwardedHeader);
    if (state.mixer.forwarded !== undefined) request.headers.set(forwardedHeader, state.mixer.forwarded);
    return state;
  }
}

function decide(
  exchange: Exchange,
  state: State,
  decision: HttpDecision,
  control: FilterControl,
): LocalReply | undefined {
  state.decision = decision;
  const { reply, denial, requestChanges } = decision;
  if (reply !== undefined) {
    if (denial !== undefined) exchange.state.set('istio.mixer', new Map([['status', denial]]));
    const { code: status, body, details } = reply;
    return { status, body, details, ...(denial === undefined ? {} : { flag: 'UAEX' }) };
  }
  if (requestChanges.length > 0) {
    changeRequest(requestChanges, exchange.request);
    control.reroute();
  }
  return undefined;
}

function responseFacts(exchange: Exchange, { requestBytes }: State): Parameters<HttpExchange['report']>[0] {
  const { response, trailers, endpoint, received, sent, started, ended = started, flags } = exchange;
  const headers = new HeaderMap(response?.headers ?? none);
  const late = trailers && new HeaderMap(trailers);
  return {
    code: response?.status,
    headers,
    ...(late === undefined ? {} : { trailers: late }),
    wallMillis: exchange.startedAt + (ended - started),
    durationMillis: ended - started,
    request: { body: received, total: received + requestBytes },
    response: { body: sent, total: sent + headers.length + (late?.length ?? 0) },
    ...(endpoint === undefined
      ? {}
      : {
          upstream: {
            address: bytesOf(endpoint),
            port: endpoint.port,
            uid: endpoint.uid === '' ? undefined : endpoint.uid,
          },
        }),
    flags: flags.size === 0 ? '' : [...flags].join(','),
  };
}

const addresses = new WeakMap<UpstreamEndpoint, Uint8Array | undefined>();

/** Parsed once an endpoint. */
function bytesOf(endpoint: UpstreamEndpoint): Uint8Array | undefined {
  if (!addresses.has(endpoint)) addresses.set(endpoint, addressBytes(endpoint.address));
  return addresses.get(endpoint);
}
