// Every alert has its runbook in both languages, and every runbook its alert. What stands in them is checked by the
// unit tests of the agent, which shows them.

import { readdirSync, readFileSync } from 'node:fs';
import { pathOf } from './files.mjs';

const endings = ['.zh-CN.md', '.md'];
const list = 'README';

/** All alerts of all files of rules, with the text of each. */
function alertsIn(folder) {
    return readdirSync(pathOf(folder))
        .filter((name) => name.endsWith('.yml'))
        .flatMap((name) =>
            readFileSync(pathOf(`${folder}/${name}`), 'utf8')
                .split(/^ *- alert: /m)
                .slice(1)
                .map((text) => ({
                    name: text.match(/^\S+/)[0],
                    severity: text.match(/^ *severity: (\S+)/m)?.[1],
                    text,
                })),
        );
}

/** What a runbook's first sentence and its place in the list call the severity. */
const severities = { critical: ['Critical', '严重'], warning: ['Warning', '警告'], info: ['Info', '信息'] };

function checkSeverity({ name, severity }, file, text) {
    const word = severities[severity]?.[file.endsWith('.zh-CN.md') ? 1 : 0];
    const said = text.match(/^\*\*(\w+|\p{Script=Han}+)[.。]\*\*/mu)?.[1];
    return said === word ? [] : [`${file}: begins with "${said}", and the alert ${name} is ${severity}`];
}

export function checkRunbooks() {
    const alerts = alertsIn('rules');
    const files = readdirSync(pathOf('runbooks'));
    const names = new Set(alerts.map(({ name }) => name));
    const findings = alerts.length === 0 ? ['rules: no alerts were found'] : [];
    for (const file of files) {
        const ending = endings.find((each) => file.endsWith(each));
        const name = ending && file.slice(0, -ending.length);
        if (!ending || (name !== list && !names.has(name)))
            findings.push(`runbooks/${file}: there is no such alert`);
    }
    for (const alert of alerts) {
        for (const ending of endings) {
            const file = `${alert.name}${ending}`;
            if (!files.includes(file)) findings.push(`runbooks/${file} is missing`);
            else
                findings.push(
                    ...checkSeverity(alert, file, readFileSync(pathOf(`runbooks/${file}`), 'utf8')),
                );
        }
        if (!alert.text.includes(`/runbooks/${alert.name}`))
            findings.push(`${alert.name} does not lead to its runbook`);
    }
    return findings;
}
