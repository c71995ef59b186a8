// Ways in which an agent may be set up to watch the deployment, as edits of the configuration that the deployment
// writes, and what only such an agent can see.
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nothing, overPublic } from './words.mjs';

const section = (name) => new RegExp(`^\\[gateway\\.${name}\\]\\n(?:(?!\\[).*\\n)*`, 'm');
const localRoute = /^\[\[gateway\.route\]\]\nname = "local"\n(?:(?!\[).*\n)*/m;

const without = (text, ...names) => names.reduce((left, name) => left.replace(section(name), ''), text);

// The public route leads to another of nginx's ways in. Frontend and .env still speak of the first, which is no fault
// here, so nobody looks at them.
const over = (url, more) => (text, state) =>
    without(text, 'frontend', 'env_files')
        .replace(/^(namespace = .*\n)/m, `$1origin = "${state.urls.public}"\n`)
        .replace(/^(name = "public"\nurl = ).*\n/m, `$1"${state.urls[url]}"\n${more(state)}`);

// From the text of the configuration and the deployment's state to the text that this agent gets.
export const profiles = {
    tls: over('public_tls', ({ files }) => `ca_file = "${files.ca}"\n`),
    name: over('public_name', () => ''),
    'no local route': (text) => text.replace(localRoute, ''),
    'the wire only': (text) => without(text, 'mysql', 'pm2', 'nginx'),
    // A token file of the test's own, so that it may take it away.
    'own token file': (text, { files }, scratch) => {
        copyFileSync(files.token, path.join(scratch, 'token'));
        return text.replace(files.token, path.join(scratch, 'token'));
    },
};

// Faults of the agent's own surroundings, made beside those of the deployment.
export const surroundings = {
    'token file removed': {
        make: (scratch) => rmSync(path.join(scratch, 'token')),
        mend: (scratch, { files }) => copyFileSync(files.token, path.join(scratch, 'token')),
    },
};

export const cases = {
    'no-local-route': {
        faults: ['nginx-wrong-port'],
        profile: 'no local route',
        cause: 'upstream_unreachable',
        severity: 'down',
        hop: 'nginx',
        failing: overPublic('http_bad_gateway'),
        fix: nothing,
    },
    'wire-only': {
        faults: ['token-unknown'],
        profile: 'the wire only',
        cause: 'auth_rejected',
        severity: 'down',
        hop: 'token',
        failing: null,
        fix: nothing,
    },
    'token-file-missing': {
        faults: [],
        surroundings: 'token file removed',
        profile: 'own token file',
        cause: 'prober_unhealthy',
        severity: 'unknown',
        hop: 'agent',
        failing: null,
        fix: nothing,
    },
};
