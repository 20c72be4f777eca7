import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledFile } from '../../support/rego.js';
import { tempFolder } from '../../support/temp-folder.js';

const bundle = compiledFile({ name: 'data-driven', data: 'data-driven.data.json' });

/** Shell that ends like a compiler that is content. */
export const succeed = `cp '${bundle}' bundle.tar.gz`;

/**
 * An `opa` that does as it is told. Until it is installed there is nothing on the PATH of this process; its temporary files
 * have a folder of their own.
 */
export class FakeOpa {
  readonly #folder = tempFolder();
  readonly #log = join(this.#folder, 'log');
  readonly #temp = join(this.#folder, 'temp');
  readonly cacheFolder = join(this.#folder, 'cache');

  constructor() {
    mkdirSync(this.cacheFolder, { mode: 0o700 });
    mkdirSync(this.#temp);
    process.env['TMPDIR'] = this.#temp;
    process.env['PATH'] = this.#folder;
  }

  /** Puts an `opa` there that does this. */
  install(script: string): void {
    const file = join(this.#folder, 'opa');
    writeFileSync(file, `#!/bin/sh\necho "$@" >>'${this.#log}'\nset -e\n${script}\n`);
    chmodSync(file, 0o755);
    writeFileSync(this.#log, '');
    process.env['PATH'] = `${this.#folder}:/usr/bin:/bin`;
  }

  /** What is in the folder for temporary files. */
  get leftovers(): readonly string[] {
    return readdirSync(this.#temp);
  }

  /** The command lines since it was installed. */
  get calls(): readonly string[] {
    if (!existsSync(this.#log)) return [];
    return readFileSync(this.#log, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  }
}
