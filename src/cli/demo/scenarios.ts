import type { Value } from '../../attributes/index.js';

/** A kind of traffic in the demo's shop. */
export interface Scenario {
  readonly title: string;
  readonly calls: number;
  readonly attributes: readonly (readonly [string, Value])[];
  /** The quota that each call asks one unit of. */
  readonly quota?: string;
}

interface Caller {
  readonly app: string;
  readonly version: string;
  readonly address?: string;
  readonly userAgent?: string;
}

function request(from: Caller, service: string, call: string): Scenario['attributes'] {
  const [method = '', path = ''] = call.split(' ');
  return [
    ['context.protocol', 'http'],
    ['context.reporter.kind', 'inbound'],
    ['source.labels', new Map(Object.entries({ app: from.app, version: from.version }))],
    ['destination.namespace', 'shop'],
    ['destination.service.name', service],
    ['request.method', method],
    ['request.path', path],
    ['request.useragent', from.userAgent ?? 'Mozilla/5.0'],
    ['request.headers', new Map([['x-forwarded-for', from.address ?? '10.1.0.7']])],
  ];
}

/** What happens in the shop, in this order. The rules that decide are in examples/config/shop. */
export const scenarios: readonly Scenario[] = [
  {
    title: 'shoppers read reviews',
    calls: 60,
    attributes: request({ app: 'storefront', version: 'v1' }, 'reviews', 'GET /reviews/42'),
  },
  {
    title: 'storefront v1 takes payments',
    calls: 40,
    attributes: request({ app: 'storefront', version: 'v1' }, 'payments', 'POST /payments'),
  },
  {
    title: 'storefront v3 takes payments',
    calls: 40,
    attributes: request({ app: 'storefront', version: 'v3' }, 'payments', 'POST /payments'),
  },
  {
    title: 'payments writes the ledger',
    calls: 30,
    attributes: request({ app: 'payments', version: 'v1' }, 'ledger', 'POST /entries'),
  },
  {
    title: 'storefront reads the ledger',
    calls: 30,
    attributes: request({ app: 'storefront', version: 'v1' }, 'ledger', 'GET /entries'),
  },
  {
    title: 'a shopper searches a lot',
    calls: 80,
    attributes: request({ app: 'storefront', version: 'v1', address: '203.0.113.9' }, 'catalogue', 'GET /search'),
    quota: 'searches',
  },
  {
    title: 'a crawler searches',
    calls: 20,
    attributes: request(
      { app: 'storefront', version: 'v1', address: '198.51.100.4', userAgent: 'examplebot' },
      'catalogue',
      'GET /search',
    ),
    quota: 'searches',
  },
];
