import { Duration, Timestamp } from 'fairlead/sdk';
import type { Request } from './setup.js';

const denied = '7 opa: request was rejected';

/** A question to a policy of test/corpus/rego, and its answers with `failClose` off and on. */
export interface Decision {
  readonly title: string;
  readonly fixture: string;
  readonly query: string;
  readonly request: Request;
  readonly open: string;
  readonly closed: string;
}

type Row = readonly [title: string, query: string, request: Request, open: string, closed?: string];

function rows(fixture: string, table: readonly Row[]): readonly Decision[] {
  return table.map(([title, query, request, open, closed = open]) => ({
    title,
    fixture,
    query,
    request,
    open,
    closed,
  }));
}

const admin = { user: 'bucket-admins' };
const allow = 'data.mixerauthz.allow';
const from = (source: string, target: string, path: string, user?: string): Request => ({
  ...{ user, path },
  action: { source, target },
});

/** Asked with the committed modules, and again with what the real opa makes of the sources. */
export const decisions: readonly Decision[] = [
  ...rows('users-verbs', [
    ['a user with the verb', allow, { ...admin, method: 'storage.buckets.get' }, 'OK'],
    ['a user with another verb', allow, { ...admin, method: 'storage.buckets.put' }, denied],
    ['a verb of another user', allow, { user: 'bucket-users', method: 'storage.buckets.get' }, denied],
    ['nobody', allow, {}, denied],
  ]),
  ...rows('reviews', [
    ['a path that is no review, along the graph', allow, from('front', 'details', '/details/7'), 'OK'],
    ['a service that is not in the graph', allow, from('stranger', 'details', '/details/7'), denied],
    ['a target that is not in the graph', allow, from('front', 'ratings', '/details/7'), denied],
    ['a review, read by its subject', allow, from('front', 'reviews', '/reviews/alice', 'alice'), 'OK'],
    ['a review, read by the manager', allow, from('front', 'reviews', '/reviews/alice', 'janet'), 'OK'],
    ['a review, read by HR', allow, from('front', 'reviews', '/reviews/janet', 'ken'), 'OK'],
    ['a review, read by a colleague', allow, from('front', 'reviews', '/reviews/alice', 'bob'), denied],
    ['a review, read by HR from elsewhere', allow, from('ratings', 'reviews', '/reviews/janet', 'ken'), denied],
  ]),
  ...rows('outcomes', [
    ['true', 'data.outcomes.open', {}, 'OK'],
    ['false', 'data.outcomes.closed', {}, denied],
    ['a rule that does not match and has no default', 'data.outcomes.only_for_alice', {}, 'OK', denied],
    ['a rule that matches and has no default', 'data.outcomes.only_for_alice', { user: 'alice' }, 'OK'],
    ['a set', 'data.outcomes.letters', {}, 'OK', denied],
    ['a text', 'data.outcomes.name', {}, 'OK', denied],
    ['a number', 'data.outcomes.conflict', { service: 's' }, 'OK', denied],
    ['a division by zero, which is undefined', 'data.outcomes.division', {}, 'OK', denied],
    ['a built-in function that answers', 'data.outcomes.loud', { user: 'alice' }, 'OK'],
    ['a comparison', 'data.outcomes.open == true', {}, 'OK'],
    ['a query with two rows', 'data.outcomes.letters[_] = x', {}, 'OK', denied],
    ['an iteration over values that are not boolean', 'data.outcomes.letters[_]', {}, 'OK', denied],
    ['an iteration with one true row', 'data.outcomes.letters[_] == "a"', {}, 'OK'],
    ['a negation', 'not data.outcomes.closed', {}, 'OK'],
    ['an int64 to its last digit', 'data.outcomes.limit', { action: { count: 9_007_199_254_740_993n } }, 'OK'],
    ['its neighbour', 'data.outcomes.limit', { action: { count: 9_007_199_254_740_992n } }, 'OK', denied],
    ['an address in a range', 'data.outcomes.address', { action: { address: Uint8Array.of(10, 1, 2, 3) } }, 'OK'],
    ['groups as a list', 'data.outcomes.in_group', { groups: 'admins' }, 'OK'],
    [
      'an input without what is empty',
      'data.outcomes.bare',
      { user: '', groups: '', path: '', subject: {}, action: { none: undefined } },
      'OK',
    ],
    ['a zero byte in a text', 'data.outcomes.zero_byte', { path: '/a\0b' }, 'OK'],
    ['half a letter, as its replacement', 'data.outcomes.replaced', { user: 'a\ud800' }, 'OK'],
    ['names of properties that objects have', 'data.outcomes.odd_names', { subject: odd() }, 'OK'],
    [
      'values of all kinds',
      'data.outcomes.natives',
      {
        action: {
          flag: true,
          ratio: 0.5,
          elapsed: Duration.fromMillis(1500),
          labels: new Map([['version', 'v1']]),
          time: new Timestamp(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000, 6000),
        },
      },
      'OK',
    ],
    ['the time of the host', 'data.outcomes.today', {}, 'OK'],
  ]),
];

function odd(): Readonly<Record<string, string>> {
  return JSON.parse('{ "__proto__": "x", "constructor": "y" }') as Readonly<Record<string, string>>;
}
