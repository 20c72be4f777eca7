import { type Infer, s } from 'fairlead/sdk';

/** Which policy decides, where it comes from, and what happens when it does not decide. */
export const opaConfig = s.message({
  policy: s.list(s.string(), 'Rego modules, as source text.'),
  checkMethod: s.string('', 'The query that must be true, for example data.mixerauthz.allow.'),
  failClose: s.bool(false, 'Whether requests are denied when the policy cannot be built or does not decide.'),
  policyFile: s.string('', 'A compiled policy: a wasm module, or a bundle (.tar.gz) that has one.'),
  policyWasm: s.string('', 'A compiled policy, module or bundle, in base64.'),
  data: s.any('Documents below data, in place of those of a bundle.'),
  dataFile: s.string('', 'A JSON file of documents below data, in place of those of a bundle.'),
  cacheFolder: s.string('', 'Where compiled policies are kept between starts; ~/.cache/fairlead/opa when empty.'),
  decisionLog: s.enum({ 0: 'NONE', 1: 'HASH', 2: 'INPUT' }, 'NONE', 'What the log says of each decision.'),
});

export type OpaConfig = Infer<typeof opaConfig>;
