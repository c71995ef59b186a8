// What watches the deployment: the Gatewatch agent, a Prometheus that scrapes it, an Alertmanager that sends
// what Prometheus finds to a pager. All are optional; the agent's configuration is written in any case, for
// those who start an agent of their own.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { answers } from './http.mjs';
import { app, here, milliseconds, project, writeIfChanged } from './layout.mjs';
import { agentEnvironment } from './names.mjs';
import { quickAlertmanager, quickRules, scrapeInterval } from './pace.mjs';
import { running, start, stop } from './processes.mjs';

function agentConfig(stack) {
    const { files, options, ports, urls } = stack;
    // The agent looks at files and pages once a second at most.
    const looks = milliseconds(options.interval) < 1000 ? '1s' : options.interval;
    const trust = options.public === 'tls' ? `ca_file = "${files.ca}"\n` : '';
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
expired_file = "${files.expired_token}"
revoked_file = "${files.revoked_token}"

[gateway.probe.hold]
interval = "${options.hold_interval}"
timeout = "${options.hold_timeout}"

[[gateway.route]]
name = "public"
url = "${urls.users}"
${trust}http_path = "/api/health"

[[gateway.route]]
name = "local"
url = "${urls.local}"
http_path = "/health"

[gateway.mysql]
address = "127.0.0.1:${ports.mysql}"
user = "gatewatch"
password_file = "${files.mysql_password}"
database = "im_system"
table = "user_tokens"
count_users = true
interval = "${options.interval}"

[gateway.pm2]
home = "${files.pm2_home}"
app = "${app}"

[gateway.nginx]
config = "${files.nginx_conf}"
access_log = "${files.nginx_access_log}"
error_log = "${files.nginx_error_log}"
interval = "${looks}"

[gateway.frontend]
url = "${urls.users}/"
interval = "${looks}"

[gateway.env_files]
backend = "${files.backend_env}"
frontend = "${files.frontend_env}"
interval = "${looks}"
`;
}

const rules = path.join(project, 'dashboards', 'rules');
const example = path.join(project, 'dashboards', 'alertmanager', 'alertmanager.yml');

function prometheusConfig(stack) {
    const { options, ports } = stack;
    const interval = options.pace === 1 ? '5s' : scrapeInterval(options.pace);
    const files = options.pace === 1 ? rules : path.join(stack.dir, 'prometheus', 'rules');
    const alerting = `alerting:
  alertmanagers:
    - static_configs:
        - targets: ["127.0.0.1:${ports.alertmanager}"]
`;
    return `global:
  scrape_interval: ${interval}
  evaluation_interval: ${interval}
rule_files:
  - ${path.join(files, '*.yml')}
${options.alertmanager ? alerting : ''}scrape_configs:
  - job_name: gatewatch
    static_configs:
      - targets: ["127.0.0.1:${ports.agent}"]
`;
}

// The project's rules at the pace of this stack, and what of them has changed.
function writeRules(stack) {
    if (stack.options.pace === 1) return '';
    const texts = readdirSync(rules)
        .filter((name) => name.endsWith('.yml'))
        .map((name) => [name, quickRules(readFileSync(path.join(rules, name), 'utf8'), stack.options.pace)]);
    for (const [name, text] of texts) writeIfChanged(stack.path('prometheus', 'rules', name), text);
    return JSON.stringify(texts);
}

export function writeConfigs(stack) {
    stack.path('agent-state', 'state');
    writeIfChanged(stack.files.agent_config, agentConfig(stack));
    writeIfChanged(stack.files.prometheus_config, prometheusConfig(stack));
    if (stack.options.alertmanager) {
        const text = quickAlertmanager(readFileSync(example, 'utf8'), stack.options.pace, stack.urls.pager);
        writeIfChanged(stack.files.alertmanager_config, text);
    }
}

// Starts what the options ask for and restarts what has changed since: the binary or its configuration.
export async function startAgent(stack) {
    const { agent } = stack.options;
    if (!agent) return;
    const { mtimeMs, size } = statSync(agent);
    await start(stack, 'agent', agent, ['run', '--config', stack.files.agent_config], {
        fingerprint: JSON.stringify([agent, mtimeMs, size, readFileSync(stack.files.agent_config, 'utf8')]),
        ready: () => answers(`${stack.urls.agent}/-/healthy`),
        env: agentEnvironment(stack),
    });
}

export async function startPrometheus(stack) {
    if (!stack.options.prometheus) return;
    const written = writeRules(stack);
    await start(
        stack,
        'prometheus',
        'prometheus',
        [
            `--config.file=${stack.files.prometheus_config}`,
            `--storage.tsdb.path=${stack.path('prometheus', 'data')}`,
            `--web.listen-address=127.0.0.1:${stack.ports.prometheus}`,
            '--storage.tsdb.retention.time=2d',
            '--web.enable-admin-api', // so that a test can have it forget what was before
        ],
        {
            fingerprint: readFileSync(stack.files.prometheus_config, 'utf8') + written,
            ready: () => answers(`${stack.urls.prometheus}/-/ready`),
            seconds: 30,
        },
    );
}

export async function startAlertmanager(stack) {
    if (!stack.options.alertmanager) return;
    const { ports, urls, files } = stack;
    await start(
        stack,
        'pager',
        process.execPath,
        [path.join(here, 'pager.mjs'), String(ports.pager), files.pages],
        { ready: () => answers(urls.pager) },
    );
    await start(
        stack,
        'alertmanager',
        'prometheus-alertmanager',
        [
            `--config.file=${files.alertmanager_config}`,
            `--storage.path=${stack.path('alertmanager', 'data')}`,
            `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
            '--cluster.listen-address=',
        ],
        {
            fingerprint: readFileSync(files.alertmanager_config, 'utf8'),
            ready: () => answers(`${urls.alertmanager}/-/ready`),
            seconds: 30,
        },
    );
}

export async function stopAll(stack) {
    await stop(stack, 'prometheus');
    await stop(stack, 'alertmanager');
    await stop(stack, 'pager');
    await stop(stack, 'agent', { seconds: 5 });
}

export const pids = (stack) => ({
    agent: running(stack, 'agent') ?? null,
    prometheus: running(stack, 'prometheus') ?? null,
    alertmanager: running(stack, 'alertmanager') ?? null,
    pager: running(stack, 'pager') ?? null,
});
