import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Answers } from '../../../src/adapters/memquota/answers.js';

const answer = (expires: number) => ({ amount: BigInt(expires), expires });

describe('Answers', () => {
  test('finds what was added and nothing else, however much it has grown', () => {
    const answers = new Answers(0);
    const hash = (index: number): number => Math.imul(index, 0x9e3779b1);
    for (let index = 0; index < 20_000; index += 1) answers.add(`id${index}`, hash(index), answer(index));
    assert.equal(answers.size, 20_000);
    for (let index = 0; index < 20_000; index += 1) {
      assert.deepEqual(answers.get(`id${index}`, hash(index)), answer(index));
      assert.equal(answers.get(`no${index}`, hash(index)), undefined);
    }
  });

  test('tells ids with one hash apart', () => {
    const answers = new Answers(0);
    for (let index = 0; index < 2000; index += 1) answers.add(`id${index}`, -7, answer(index));
    for (let index = 0; index < 2000; index += 1) assert.deepEqual(answers.get(`id${index}`, -7), answer(index));
    assert.equal(answers.get('id2000', -7), undefined);
    assert.equal(answers.size, 2000);
  });

  test('finds those that collided while it was small, after it has grown', () => {
    const answers = new Answers(0);
    // One slot of the first table, and two of the next.
    const hash = (index: number): number => index * 1024;
    for (let index = 0; index < 200; index += 1) answers.add(`id${index}`, hash(index), answer(index));
    for (let index = 200; index < 600; index += 1) answers.add(`id${index}`, index, answer(index));
    for (let index = 0; index < 200; index += 1)
      assert.deepEqual(answers.get(`id${index}`, hash(index)), answer(index), `id${index}`);
  });
});
