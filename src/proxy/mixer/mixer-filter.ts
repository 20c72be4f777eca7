import {
  addressBytes,
  applyHeaderChanges,
  createHttpFilter,
  type HeaderChange,
  type HeaderTarget,
  type HttpDecision,
  type HttpExchange,
  type MixerClient,
  type NodeIdentity,
} from '../../client/index.js';
import type { HttpMixer } from '../../gen/fairlead/proxy/v1/mixer.js';
import type { HttpFilter } from '../filters/filter.js';
import type { Exchange } from '../http/exchange.js';
import type { Headers } from '../http/headers.js';
import type { LocalReply, RequestHead } from '../http/message.js';
import { connectionFacts } from './connection-facts.js';
import { toHttpConfig } from './client-config.js';

const name = 'mixer';
const forwardedHeader = 'x-istio-attributes';

interface State {
  readonly mixer: HttpExchange;
  readonly requestBytes: number;
  decision: HttpDecision | undefined;
}

/** Asks Mixer before a request goes on, and tells it afterwards (mesh.md 1.2 to 1.7 and 1.13). */
export function createMixerFilter(mixer: HttpMixer, client: MixerClient, node: NodeIdentity | undefined): HttpFilter {
  const filter = createHttpFilter({ client, config: toHttpConfig(mixer), ...(node === undefined ? {} : { node }) });
  return {
    name,
    onRequest: (exchange, control) => {
      const state = begin(exchange);
      const gone = new AbortController();
      const decision = state.mixer.check(gone.signal);
      if (!(decision instanceof Promise)) return decide(exchange, state, decision, control.reroute.bind(control));
      control.onGone(() => gone.abort());
      return decision.then((late) => decide(exchange, state, late, control.reroute.bind(control)));
    },
    onResponse: ({ state, response }) => {
      const changes = (state.get(name) as State | undefined)?.decision?.responseChanges ?? [];
      if (changes.length > 0 && response !== undefined) applyHeaderChanges(changes, targetOf(response.headers));
    },
    onEnd: (exchange) => {
      // A request that never came to this filter is reported all the same.
      const state = (exchange.state.get(name) as State | undefined) ?? begin(exchange);
      state.mixer.report(responseFacts(exchange, state));
    },
  };

  function begin(exchange: Exchange): State {
    const { request, target, route, downstream, startedAt } = exchange;
    const headers = new Map(request.headers);
    headers.set(':authority', request.authority);
    headers.set(':method', request.method);
    headers.set(':path', request.path);
    headers.set(':scheme', request.scheme);
    const facts = { headers, wallMillis: startedAt, connection: connectionFacts(downstream) };
    const service = target?.mixerService ?? route?.mixerService;
    const state: State = {
      mixer: filter.begin(facts, service === '' ? undefined : service),
      requestBytes: sizeOf(headers),
      decision: undefined,
    };
    exchange.state.set(name, state);
    request.headers.remove(forwardedHeader);
    if (state.mixer.forwarded !== undefined) request.headers.set(forwardedHeader, state.mixer.forwarded);
    return state;
  }
}

function decide(exchange: Exchange, state: State, decision: HttpDecision, reroute: () => void): LocalReply | undefined {
  state.decision = decision;
  const { reply, denial, requestChanges } = decision;
  if (reply !== undefined) {
    if (denial !== undefined) exchange.state.set('istio.mixer', new Map([['status', denial]]));
    const { code: status, body, details } = reply;
    return { status, body, details, ...(denial === undefined ? {} : { flag: 'UAEX' }) };
  }
  if (requestChanges.length > 0) {
    applyRequestChanges(requestChanges, exchange.request);
    reroute();
  }
  return undefined;
}

function applyRequestChanges(changes: readonly HeaderChange[], request: RequestHead): void {
  const plain = targetOf(request.headers);
  applyHeaderChanges(changes, {
    set: (header, value) => {
      if (header === ':path') request.path = value;
      else if (header === ':method') request.method = value;
      else if (header === ':authority' || header === 'host') request.authority = value;
      else plain.set(header, value);
    },
    append: plain.append,
    delete: plain.delete,
  });
}

function targetOf(headers: Headers): Required<HeaderTarget> {
  return {
    set: (header, value) => headers.set(header.toLowerCase(), value),
    append: (header, value) => headers.add(header.toLowerCase(), value),
    delete: (header) => headers.remove(header.toLowerCase()),
  };
}

function responseFacts(exchange: Exchange, { requestBytes }: State): Parameters<HttpExchange['report']>[0] {
  const { response, trailers, endpoint, received, sent, started, ended = started, flags } = exchange;
  const headers = new Map(response?.headers);
  return {
    code: response?.status,
    headers,
    ...(trailers === undefined ? {} : { trailers: new Map(trailers) }),
    wallMillis: exchange.startedAt + (ended - started),
    durationMillis: ended - started,
    request: { body: received, total: received + requestBytes },
    response: { body: sent, total: sent + sizeOf(headers) + sizeOf(new Map(trailers)) },
    ...(endpoint === undefined
      ? {}
      : {
          upstream: {
            address: addressBytes(endpoint.address),
            port: endpoint.port,
            uid: endpoint.uid === '' ? undefined : endpoint.uid,
          },
        }),
    flags: [...flags].join(','),
  };
}

function sizeOf(headers: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [header, value] of headers) size += header.length + value.length;
  return size;
}
