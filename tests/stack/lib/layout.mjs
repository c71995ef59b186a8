// Where everything of one stack lies below its directory, and the state that the stack keeps there. A Stack
// is what every component gets: paths, ports, options and the faults in force.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.mjs';

export const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const project = path.dirname(path.dirname(here));
export const app = 'nest-backend';

// A socket's path has at most 107 bytes on Linux; the longest below the directory is this one.
const longestSocket = '/mysql/mysql.sock';
const defaults = {
    instances: 1,
    agent: null,
    prometheus: false,
    alertmanager: false,
    pace: 1,
    public: 'plain',
    interval: '2s',
    timeout: '1500ms',
    hold_interval: '5m',
    hold_timeout: '70s',
    ping_interval: '25s',
};

// A name that only the resolver of a stack knows.
export const publicName = 'gatewatch-im';

export class Stack {
    constructor(dir) {
        this.dir = path.resolve(dir);
        const limit = 107 - longestSocket.length;
        if (Buffer.byteLength(this.dir) > limit) {
            throw new Failure(
                `${this.dir} is too long: sockets in it allow ${limit} bytes; choose a shorter --dir`,
            );
        }
        const saved = readState(this.dir);
        this.up = saved?.up ?? false;
        this.ports = saved?.ports ?? {};
        this.faults = new Set(saved?.faults);
        this.options = { ...defaults, ...(this.up ? saved.options : undefined) };
        this.known = saved !== undefined;
    }

    // A path below the directory, its parents made.
    path(...parts) {
        const whole = path.join(this.dir, ...parts);
        mkdirSync(path.dirname(whole), { recursive: true });
        return whole;
    }

    log(name) {
        return this.path('logs', `${name}.log`);
    }

    get files() {
        const secret = (name) => path.join(this.dir, 'secrets', name);
        return {
            agent_config: path.join(this.dir, 'gatewatch.toml'),
            token: secret('token'),
            expired_token: secret('expired-token'),
            revoked_token: secret('revoked-token'),
            unknown_token: secret('unknown-token'),
            mysql_password: secret('mysql-password'),
            login_password: secret('login-password'),
            ca: path.join(this.dir, 'tls', 'ca.pem'),
            server_certificate: path.join(this.dir, 'tls', 'server.pem'),
            pm2_home: path.join(this.dir, 'pm2'),
            backend_log: path.join(this.dir, 'pm2', 'logs', `${app}-out.log`),
            nginx_conf: path.join(this.dir, 'nginx', 'nginx.conf'),
            nginx_site_conf: path.join(this.dir, 'nginx', 'site.conf'),
            nginx_access_log: path.join(this.dir, 'logs', 'nginx-access.log'),
            nginx_error_log: path.join(this.dir, 'logs', 'nginx.log'),
            backend_env: path.join(this.dir, 'srv', 'nest', '.env'),
            frontend_env: path.join(this.dir, 'srv', 'nest-react', '.env.production'),
            frontend: path.join(this.dir, 'srv', 'nest-react', 'build'),
            host_aliases: path.join(this.dir, 'host-aliases'),
            prometheus_config: path.join(this.dir, 'prometheus', 'prometheus.yml'),
            alertmanager_config: path.join(this.dir, 'alertmanager', 'alertmanager.yml'),
            pages: path.join(this.dir, 'pages.jsonl'),
            logs: path.join(this.dir, 'logs'),
        };
    }

    get urls() {
        const at = (scheme, port, host = '127.0.0.1') => (port ? `${scheme}://${host}:${port}` : null);
        const ways = {
            plain: at('http', this.ports.nginx),
            tls: at('https', this.ports.nginx_tls),
            name: at('http', this.ports.nginx, publicName),
        };
        return {
            public: ways.plain,
            public_tls: ways.tls,
            public_name: ways.name,
            // The one of these that users take: the agent's public route and the frontend's origin.
            users: ways[this.options.public],
            local: at('http', this.ports.backend),
            agent: at('http', this.ports.agent),
            prometheus: at('http', this.ports.prometheus),
            alertmanager: at('http', this.ports.alertmanager),
            pager: at('http', this.ports.pager),
        };
    }

    // What state.json says. `more` is what the components add to it.
    describe(more) {
        const { dir, up, ports, urls, files, options } = this;
        return { dir, up, ports, urls, files, options, faults: [...this.faults], ...more };
    }

    save(more) {
        const file = this.path('state.json');
        writeFileSync(`${file}.new`, `${JSON.stringify(this.describe(more), null, 2)}\n`);
        renameSync(`${file}.new`, file);
    }
}

// The state.json of a directory, or undefined where no stack has been.
export function readState(dir) {
    const file = path.join(dir, 'state.json');
    if (!existsSync(file)) return undefined;
    try {
        return JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
        throw new Failure(`${file} cannot be read (${error.message}); remove it if no stack runs there`);
    }
}

// A duration as the options have it, such as 1500ms, 2s or 5m.
export function milliseconds(duration) {
    const [, number, unit] = /^(\d+)(\w+)$/.exec(duration);
    return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit];
}

// Writes the file unless it holds this text already; true if it wrote.
export function writeIfChanged(file, text, mode = 0o644) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
    return true;
}
