import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Truth, truthOfMatch } from '../../../src/cli/describe/rule-truth.js';

const known = new Map([
  ['destination.service.name', 'reviews'],
  ['destination.labels[app]', 'reviews'],
]);

describe('truthOfMatch()', () => {
  const rows: readonly [match: string, want: Truth][] = [
    ['', 'always'],
    ['true', 'always'],
    ['false', 'never'],
    ['destination.service.name == "reviews"', 'always'],
    ['destination.service.name != "reviews"', 'never'],
    ['destination.labels["app"] == "ratings"', 'never'],
    [`destination.labels["app"] | "none" == "x"`, 'never'],
    ['(destination.labels["app"] | "none") == "ratings"', 'never'],
    ['destination.service.name == "reviews" && request.method == "GET"', 'sometimes'],
    ['destination.service.name == "ratings" && request.method == "GET"', 'never'],
    ['destination.service.name == "reviews" || request.method == "GET"', 'always'],
    ['destination.service.name == "ratings" || request.method == "GET"', 'sometimes'],
    ['match(destination.service.name, "rev*")', 'always'],
    ['match(destination.service.name, "*ings")', 'never'],
    ['destination.service.name.startsWith("rat")', 'never'],
    ['destination.service.name.endsWith("views")', 'always'],
    ['source.labels["app"] == "reviews"', 'sometimes'],
    ['broken ==', 'sometimes'],
  ];
  for (const [match, want] of rows)
    it(`says ${want} of '${match}'`, () => assert.equal(truthOfMatch(match, known), want));
});
