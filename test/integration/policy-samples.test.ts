import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import denier from 'fairlead/adapters/denier';
import listchecker from 'fairlead/adapters/listchecker';
import memquota from 'fairlead/adapters/memquota';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { sharedMaterial } from '../support/shared-material.js';

type Row = readonly [attributes: string, decision: string];

const samples = sharedMaterial('istio-samples/samples/bookinfo/policy');
const denied = (handler: string, text: string) => `PERMISSION_DENIED ${handler}:${text}`;
const to = (app: string, rest = '') => `destination.labels: { app: ${app} }${rest}`;
const from = (labels: string) => `, source.labels: { ${labels} }`;
const address = (text: string) => `source.labels: { istio: ingressgateway }, source.ip: ${text}`;
const user = (name: string) => `, request.headers: { x-user: ${name} }`;
const client = (ip: string) => to('productpage', `, request.headers: { x-forwarded-for: ${ip} }`);

const addresses = (handler: string): readonly Row[] => [
  [address('10.57.3.4'), 'OK'],
  [address('10.58.3.4'), denied(handler, '10.58.3.4 is not whitelisted')],
  ['source.labels: { istio: sidecar }, source.ip: 10.58.3.4', 'OK'],
];
const label = (handler: string): readonly Row[] => [
  [to('ratings', from('app: reviews, version: v3')), denied(handler, 'Not allowed')],
  [to('ratings', from('app: reviews, version: v2')), 'OK'],
  [to('details', from('app: reviews, version: v3')), 'OK'],
];
const versions = (handler: string): readonly Row[] => [
  [to('ratings', from('version: v1')), 'OK'],
  [to('ratings', from('version: v3')), denied(handler, 'v3 is not whitelisted')],
  [to('reviews', from('version: v3')), 'OK'],
];
/** Of 9000 asked for with best effort. */
const pages: readonly Row[] = [
  [client('10.28.11.20'), '500'],
  [client('10.28.11.21'), '2'],
  [client('10.28.11.21'), '0'],
  [to('reviews'), '1'],
  [to('details'), '500'],
];

/** What each of Istio's samples, as it is, decides. */
const expected: Readonly<Record<string, readonly Row[]>> = {
  'mixer-rule-deny-ip': addresses('whitelistip.default'),
  'mixer-rule-deny-ip-crd': addresses('whitelistip.listchecker.default'),
  'mixer-rule-deny-label': label('denyreviewsv3handler.default'),
  'mixer-rule-deny-label-crd': label('denyreviewsv3handler.denier.default'),
  'mixer-rule-deny-serviceaccount': [
    [
      to('details', ', source.user: cluster.local/ns/default/sa/bookinfo-productpage'),
      denied('denyproductpagehandler.default', 'Not allowed'),
    ],
    [to('details', ', source.user: cluster.local/ns/default/sa/bookinfo-reviews'), 'OK'],
  ],
  'mixer-rule-deny-whitelist': versions('whitelist.default'),
  'mixer-rule-deny-whitelist-crd': versions('whitelist.listchecker.default'),
  'mixer-rule-ingress-denial': [
    [`source.labels: { istio: ingressgateway }${user('john')}`, denied('handler.istio-system', 'Not allowed')],
    [`source.labels: { istio: ingressgateway }${user('ann')}`, 'OK'],
    [`source.labels: { app: reviews }${user('john')}`, 'OK'],
  ],
  'mixer-rule-ratings-denial': [
    [to('ratings', user('john')), denied('denierhandler.istio-system', 'Not allowed')],
    [to('ratings', user('ann')), 'OK'],
    [to('ratings'), 'OK'],
  ],
  'mixer-rule-productpage-ratelimit': pages,
  'mixer-rule-productpage-ratelimit-crd': pages,
  'mixer-rule-ratings-ratelimit': [
    [to('ratings', from('app: reviews')), '1'],
    [to('ratings', from('app: reviews')), '0'],
    [to('ratings', from('app: web')), '100'],
    [to('details', from('app: web')), '5000'],
  ],
};

interface Answer {
  readonly status: string;
  readonly quotas?: Readonly<Record<string, { readonly granted: string }>>;
}

describe("Istio's samples of policy", { skip: samples.skip }, () => {
  for (const [name, rows] of Object.entries(expected)) {
    it(`decide as Istio says: ${name}`, async () => {
      const config = readFileSync(`${samples.path}/${name}.yaml`, 'utf8');
      const quota = /ratelimit/.test(name) ? (/crd/.test(name) ? 'requestcount' : 'requestcountquota') : undefined;
      const asked = quota === undefined ? '' : `\n  quotas: { ${quota}: { amount: 9000, bestEffort: true } }`;
      const calls = rows.map(([attributes]) => `- check: { destination.namespace: default, ${attributes} }${asked}\n`);
      const adapters = [denier, listchecker, memquota];
      const { answers } = await runScenario({ config, calls: calls.join(''), adapters, templates });
      const decisions = (answers as unknown as readonly Answer[]).map(({ status, quotas }) =>
        quota === undefined ? status : quotas?.[quota]?.granted,
      );
      assert.deepEqual(
        decisions,
        rows.map(([, decision]) => decision),
      );
    });
  }
});
