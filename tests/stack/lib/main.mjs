// The command line of the reference deployment: `tests/stack/stack`. See README.md for the contract.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drill } from './drill.mjs';
import { Failure, interrupt, tail, Usage } from './failure.mjs';
import { faults, shownOver } from './faults.mjs';
import { Stack } from './layout.mjs';
import { locked } from './lock.mjs';
import { describe, down, pids, setFault, up } from './stack.mjs';

const usage = `usage:
  stack up --dir DIR [--instances N] [--agent BINARY] [--prometheus] [--alertmanager] [--pace N]
      [--public plain|tls|name]
      [--interval 2s] [--timeout 1500ms] [--hold-interval 5m] [--hold-timeout 70s] [--ping-interval 25s]
  stack down --dir DIR
  stack status --dir DIR [--json]
  stack break FAULT --dir DIR
  stack mend FAULT --dir DIR
  stack drill FAULT --dir DIR [--lang en|zh]
  stack faults`;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const durations = ['interval', 'timeout', 'hold-interval', 'hold-timeout', 'ping-interval'];
const allowed = {
    up: {
        dir: text,
        instances: text,
        agent: text,
        prometheus: flag,
        alertmanager: flag,
        pace: text,
        public: text,
        ...Object.fromEntries(durations.map((name) => [name, text])),
    },
    down: { dir: text },
    status: { dir: text, json: flag },
    break: { dir: text },
    mend: { dir: text },
    drill: { dir: text, lang: text },
    faults: {},
};

const condition = {
    tls: ' (shows over https only)',
    name: ' (shows by name only)',
};

// The agent's rule: the first of them that is set.
function languageOfEnvironment({ LC_ALL, LC_MESSAGES, LANG }) {
    return (LC_ALL || LC_MESSAGES || LANG || '').startsWith('zh') ? 'zh' : 'en';
}

const report = {
    begin: (title) => process.stdout.isTTY && process.stdout.write(`  ${title} ...\r`),
    end: (title, seconds) => console.log(`  ${title}: ready after ${seconds.toFixed(1)} s`),
};

function parse(argv) {
    const [command, ...rest] = argv;
    if (!Object.hasOwn(allowed, command ?? ''))
        throw new Usage(command ? `unknown command ${command}` : 'which command?');
    const withFault = ['break', 'mend', 'drill'].includes(command);
    let values, positionals;
    try {
        ({ values, positionals } = parseArgs({
            args: rest,
            options: allowed[command],
            allowPositionals: withFault,
        }));
    } catch (error) {
        throw new Usage(error.message);
    }
    if (allowed[command].dir && !values.dir) throw new Usage(`${command} needs --dir DIR`);
    if (!['en', 'zh', undefined].includes(values.lang)) throw new Usage('--lang is en or zh');
    const [fault] = positionals;
    if (withFault && positionals.length !== 1) throw new Usage(`${command} needs the name of one fault`);
    if (withFault && !Object.hasOwn(faults, fault))
        throw new Usage(`unknown fault ${fault}; \`stack faults\` lists them`);
    return { command, values, fault };
}

// The options of `up` that were given, checked.
function givenOptions({ instances, agent, prometheus, alertmanager, pace, public: way, ...rest }) {
    const options = {};
    if (instances !== undefined) {
        if (!/^[1-9]\d?$/.test(instances)) throw new Usage('--instances is a number from 1 to 99');
        options.instances = Number(instances);
    }
    if (agent !== undefined) options.agent = path.resolve(agent);
    if (prometheus || alertmanager) options.prometheus = true;
    if (alertmanager) options.alertmanager = true;
    if (pace !== undefined) {
        if (!/^([1-9]|10)$/.test(pace)) throw new Usage('--pace is a number from 1 to 10');
        options.pace = Number(pace);
    }
    if (way !== undefined) {
        if (!['plain', 'tls', 'name'].includes(way)) throw new Usage('--public is plain, tls or name');
        options.public = way;
    }
    for (const name of durations) {
        const value = rest[name];
        if (value === undefined) continue;
        if (!/^[1-9]\d*(ms|s|m|h)$/.test(value))
            throw new Usage(`--${name} is a duration such as 2s or 500ms`);
        options[name.replace('-', '_')] = value;
    }
    return options;
}

function printStatus(stack) {
    if (!stack.up) {
        console.log(`no stack is up in ${stack.dir}`);
        return;
    }
    const alive = pids(stack);
    const line = (name, pid, where) => {
        const state = pid?.length === 0 || !pid ? 'not running' : `pid ${[pid].flat().join(', ')}`;
        console.log(`  ${name.padEnd(12)} ${where.padEnd(24)} ${state}`);
    };
    console.log(`the stack in ${stack.dir}`);
    line('nginx', alive.nginx, stack.urls.public);
    line('nginx TLS', alive.nginx, stack.urls.public_tls);
    line('backend', alive.backend, stack.urls.local);
    line('MariaDB', alive.mysql, `127.0.0.1:${stack.ports.mysql}`);
    if (stack.options.agent) line('agent', alive.agent, stack.urls.agent);
    if (stack.options.prometheus) line('Prometheus', alive.prometheus, stack.urls.prometheus);
    if (stack.options.alertmanager) line('Alertmanager', alive.alertmanager, stack.urls.alertmanager);
    if (stack.options.alertmanager) line('pager', alive.pager, stack.urls.pager);
    const inForce = [...stack.faults];
    console.log(`  faults in force: ${inForce.length > 0 ? inForce.join(', ') : 'none'}`);
}

async function execute({ command, values, fault }) {
    if (command === 'faults') {
        for (const [name, meaning] of Object.entries(faults))
            console.log(`${name.padEnd(26)} ${meaning}${condition[shownOver[name]] ?? ''}`);
        return;
    }
    if (command === 'status') {
        const stack = new Stack(values.dir);
        if (values.json) console.log(JSON.stringify(describe(stack), null, 2));
        else printStatus(stack);
        return;
    }
    const options = givenOptions(values);
    mkdirSync(values.dir, { recursive: true });
    const lang = values.lang ?? languageOfEnvironment(process.env);
    let told = true;
    await locked(values.dir, command, async () => {
        const stack = new Stack(values.dir);
        Object.assign(stack.options, options);
        if (command === 'up') await up(stack, report);
        else if (command === 'down') await down(stack);
        else if (command === 'drill') told = await drill(stack, fault, lang, setFault);
        else await setFault(stack, fault, command === 'break');
        if (command === 'up') printStatus(stack);
    });
    if (!told) process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt(signal));
try {
    await execute(parse(process.argv.slice(2)));
} catch (error) {
    if (error instanceof Usage) {
        console.error(`stack: ${error.message}\n${usage}`);
        process.exit(2);
    }
    if (!(error instanceof Failure)) throw error;
    console.error(`stack: ${error.step ? `${error.step}: ` : ''}${error.message}`);
    const lines = tail(error.log);
    if (error.log)
        console.error(
            lines ? `The log is ${error.log}; it ends with:\n${lines}` : `Its log ${error.log} is empty.`,
        );
    process.exit(1);
}
