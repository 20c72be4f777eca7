import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardManifest } from '../../../src/attributes/index.js';
import { compileYaml, doc } from '../../support/toys.js';

describe('countConfig', () => {
  it('counts resources and those with errors', () => {
    const { counters } = compileYaml(
      [
        doc('handler', 'h', '{ compiledAdapter: toy }'),
        doc('handler', 'bad', '{ compiledAdapter: toy, params: { limit: -1 } }'),
        doc('toy', 'legacy', '{}'),
        doc('metric', 'm', '{}'),
        doc('instance', 'bad', '{ compiledTemplate: nope }'),
        doc('rule', 'r', '{ match: nope, actions: [{ handler: nope, instances: [nope] }] }'),
        doc('rule', 'fine', '{ actions: [{ handler: h, instances: [m.metric] }] }'),
        doc('adapter', 'a', '{}'),
        doc('template', 't', '{}'),
        doc('attributemanifest', 'm', '{ attributes: { my.attr: { valueType: STRING } } }'),
        doc('Service', 's', '{}'),
      ].join(''),
    );
    const { mixer_config_attributes_total: attributes, ...others } = counters;
    assert.equal(attributes, standardManifest.length + 3 + 1);
    assert.deepEqual(others, {
      mixer_config_handler_configs_total: 3,
      mixer_config_instance_configs_total: 2,
      mixer_config_instance_config_errors_total: 1,
      mixer_config_rule_configs_total: 2,
      mixer_config_rule_config_errors_total: 1,
      mixer_config_adapter_info_configs_total: 1,
      mixer_config_adapter_info_config_errors_total: 1,
      mixer_config_template_configs_total: 1,
      mixer_config_template_config_errors_total: 0,
      mixer_config_rule_config_match_error_total: 1,
      mixer_config_handler_validation_error_total: 1,
    });
  });
});
