// What watches the deployment: the Gatewatch agent and a Prometheus that scrapes it. Both are optional; the
// agent's configuration is written in any case, for those who start an agent of their own.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { answers } from './http.mjs';
import { app, project, writeIfChanged } from './layout.mjs';
import { running, start, stop } from './processes.mjs';

function agentConfig(stack) {
    const { files, options, ports, urls } = stack;
    return `# The agent's configuration for the stack in ${stack.dir}; written by tests/stack/stack up.
[agent]
listen = "127.0.0.1:${ports.agent}"
state_directory = "${path.join(stack.dir, 'agent-state')}"

[[gateway]]
name = "im"
namespace = "/im"
interval = "${options.interval}"
timeout = "${options.timeout}"

[gateway.token]
file = "${files.token}"

[[gateway.route]]
name = "public"
url = "${urls.public}"

[[gateway.route]]
name = "local"
url = "${urls.local}"

[gateway.mysql]
address = "127.0.0.1:${ports.mysql}"
user = "gatewatch"
password_file = "${files.mysql_password}"
database = "im_system"
table = "user_tokens"
interval = "${options.interval}"

[gateway.pm2]
home = "${files.pm2_home}"
app = "${app}"
`;
}

function prometheusConfig(stack) {
    return `global:
  scrape_interval: 5s
  evaluation_interval: 5s
rule_files:
  - ${path.join(project, 'dashboards', 'rules', '*.yml')}
scrape_configs:
  - job_name: gatewatch
    static_configs:
      - targets: ["127.0.0.1:${stack.ports.agent}"]
`;
}

export function writeConfigs(stack) {
    stack.path('agent-state', 'state');
    writeIfChanged(stack.files.agent_config, agentConfig(stack));
    writeIfChanged(stack.files.prometheus_config, prometheusConfig(stack));
}

// Starts what the options ask for and restarts what has changed since: the binary or its configuration.
export async function startAgent(stack) {
    const { agent } = stack.options;
    if (!agent) return;
    const { mtimeMs, size } = statSync(agent);
    await start(stack, 'agent', agent, ['run', '--config', stack.files.agent_config], {
        fingerprint: JSON.stringify([agent, mtimeMs, size, readFileSync(stack.files.agent_config, 'utf8')]),
        ready: () => answers(`${stack.urls.agent}/-/healthy`),
    });
}

export async function startPrometheus(stack) {
    if (!stack.options.prometheus) return;
    await start(
        stack,
        'prometheus',
        'prometheus',
        [
            `--config.file=${stack.files.prometheus_config}`,
            `--storage.tsdb.path=${stack.path('prometheus', 'data')}`,
            `--web.listen-address=127.0.0.1:${stack.ports.prometheus}`,
            '--storage.tsdb.retention.time=2d',
        ],
        {
            fingerprint: readFileSync(stack.files.prometheus_config, 'utf8'),
            ready: () => answers(`${stack.urls.prometheus}/-/ready`),
            seconds: 30,
        },
    );
}

export async function stopAll(stack) {
    await stop(stack, 'prometheus');
    await stop(stack, 'agent', { seconds: 5 });
}

export const pids = (stack) => ({
    agent: running(stack, 'agent') ?? null,
    prometheus: running(stack, 'prometheus') ?? null,
});
