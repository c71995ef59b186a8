// The rules and their tests as Prometheus reads them.

import { pathOf, read, ruleFiles, ruleTests } from '../files.mjs';
import { require } from '../packages.mjs';

export const { load: parseYaml } = require('js-yaml');

/** Every rule, in the order of files and groups, with its file. */
export const rules = ruleFiles().flatMap((file) =>
    parseYaml(read(file)).groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file }))),
);

/** Of each alert, by its name. */
export const severityOf = new Map(
    rules.filter((rule) => rule.alert).map(({ alert, labels }) => [alert, labels.severity]),
);

/** Every case of every test: { file, test, alertname, exp_alerts, ... }. */
export const cases = ruleTests().flatMap((file) =>
    parseYaml(read(file)).tests.flatMap((test) =>
        (test.alert_rule_test ?? []).map((each) => ({ ...each, file, test: test.name })),
    ),
);

export const pathsOf = (files) => files.map(pathOf);
