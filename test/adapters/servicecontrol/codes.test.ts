import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOfError, codeOfHttp } from '../../../src/adapters/servicecontrol/codes.js';

describe('codeOfHttp()', () => {
  const rows: readonly (readonly [status: number, code: number])[] = [
    ...([
      [200, 0],
      [204, 0],
      [300, 2],
      [400, 3],
      [401, 16],
      [403, 7],
      [404, 5],
      [409, 6],
      [410, 9],
    ] as const),
    ...([
      [429, 8],
      [499, 1],
      [500, 13],
      [501, 12],
      [502, 13],
      [503, 14],
      [504, 4],
      [0, 2],
      [900, 2],
    ] as const),
  ];
  for (const [status, code] of rows) it(`takes ${status} for ${code}`, () => assert.equal(codeOfHttp(status), code));
});

describe('codeOfError()', () => {
  const rows: readonly (readonly [name: string, code: number])[] = [
    ['NOT_FOUND', 5],
    ['PERMISSION_DENIED', 7],
    ['SECURITY_POLICY_VIOLATED', 7],
    ['BUDGET_EXCEEDED', 8],
    ['LOAD_SHEDDING', 8],
    ['SERVICE_NOT_ACTIVATED', 14],
    ['IP_ADDRESS_BLOCKED', 14],
    ['CLOUD_RESOURCE_MANAGER_BACKEND_UNAVAILABLE', 14],
    ['API_KEY_NOT_FOUND', 3],
    ['SPATULA_HEADER_INVALID', 3],
    ['', 2],
    ['SOMETHING_NEW', 2],
    ['constructor', 2],
  ];
  for (const [name, code] of rows) it(`takes "${name}" for ${code}`, () => assert.equal(codeOfError(name), code));
});
