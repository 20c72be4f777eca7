import type { Value } from '../../attributes/index.js';

/** Attributes by name. */
export type AttributeList = readonly (readonly [name: string, value: Value])[];

/** A kind of traffic in the demo's shop. */
export interface Scenario {
  readonly title: string;
  readonly calls: number;
  readonly attributes: AttributeList;
  /** The quota that each call asks one unit of. */
  readonly quota?: string;
  /** Each so many-th call that is allowed finds the service broken. */
  readonly breaksEvery?: number;
}

interface Caller {
  readonly app: string;
  readonly version?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

const namespace = 'shop';

function labels(app: string, version: string): ReadonlyMap<string, string> {
  return new Map(Object.entries({ app, version }));
}

function from(app: string, version = 'v1'): AttributeList {
  return [
    ['source.namespace', namespace],
    ['source.labels', labels(app, version)],
    ['source.principal', `cluster.local/ns/${namespace}/sa/${app}`],
    ['source.workload.name', `${app}-${version}`],
    ['source.workload.namespace', namespace],
  ];
}

function to(app: string): AttributeList {
  return [
    ['context.reporter.kind', 'inbound'],
    ['connection.mtls', true],
    ['destination.namespace', namespace],
    ['destination.labels', labels(app, 'v1')],
    ['destination.principal', `cluster.local/ns/${namespace}/sa/${app}`],
    ['destination.workload.name', `${app}-v1`],
    ['destination.workload.namespace', namespace],
    ['destination.service.host', `${app}.${namespace}.svc.cluster.local`],
    ['destination.service.name', app],
    ['destination.service.namespace', namespace],
  ];
}

function http(caller: Caller, call: string): AttributeList {
  const [method = '', path = ''] = call.split(' ');
  return [
    ['context.protocol', 'http'],
    ['request.method', method],
    ['request.path', path],
    ['request.useragent', caller.userAgent ?? 'Mozilla/5.0'],
    ['request.headers', new Map([['x-forwarded-for', caller.address ?? '10.1.0.7']])],
  ];
}

function request(caller: Caller, service: string, call: string): AttributeList {
  return [...http(caller, call), ...from(caller.app, caller.version), ...to(service)];
}

/** What happens in the shop, in this order. The rules that decide are in examples/config/shop. */
export const scenarios: readonly Scenario[] = [
  {
    title: 'shoppers open the storefront',
    calls: 50,
    attributes: request({ app: 'gateway' }, 'storefront', 'GET /'),
    breaksEvery: 10,
  },
  {
    title: 'shoppers read reviews',
    calls: 60,
    attributes: request({ app: 'storefront' }, 'reviews', 'GET /reviews/42'),
  },
  {
    title: 'storefront v1 takes payments',
    calls: 40,
    attributes: request({ app: 'storefront' }, 'payments', 'POST /payments'),
  },
  {
    title: 'storefront v3 takes payments',
    calls: 40,
    attributes: request({ app: 'storefront', version: 'v3' }, 'payments', 'POST /payments'),
  },
  {
    title: 'payments writes the ledger',
    calls: 30,
    // A role-based policy is being tried out here; in force, it would refuse.
    attributes: [
      ...request({ app: 'payments' }, 'ledger', 'POST /entries'),
      ['rbac.permissive.response_code', '403'],
      ['rbac.permissive.effective_policy_id', 'ledger-writers'],
    ],
  },
  {
    title: 'storefront reads the ledger',
    calls: 30,
    attributes: request({ app: 'storefront' }, 'ledger', 'GET /entries'),
  },
  {
    title: 'the ledger keeps its entries',
    calls: 20,
    attributes: [['context.protocol', 'tcp'], ...from('ledger'), ...to('ledger-db')],
  },
  {
    title: 'storefront asks for exchange rates',
    calls: 30,
    // Outside of the mesh, so that only the caller's proxy tells.
    attributes: [
      ...http({ app: 'storefront' }, 'GET /latest'),
      ...from('storefront'),
      ['context.reporter.kind', 'outbound'],
      ['destination.service.host', 'rates.example.com'],
      ['destination.service.name', 'rates'],
    ],
    breaksEvery: 5,
  },
  {
    title: 'a shopper searches a lot',
    calls: 80,
    attributes: request({ app: 'storefront', address: '203.0.113.9' }, 'catalogue', 'GET /search'),
    quota: 'searches',
  },
  {
    title: 'a crawler searches',
    calls: 20,
    attributes: request(
      { app: 'storefront', address: '198.51.100.4', userAgent: 'examplebot' },
      'catalogue',
      'GET /search',
    ),
    quota: 'searches',
  },
];
