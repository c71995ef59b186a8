// Every fault by name. A fault is only a name in the stack's set: the components read the set and bring
// themselves to what it asks for, so breaking twice, mending what is whole and several faults at once all
// work.
export const faults = {
    'nginx-no-location': 'nginx has no /socket.io/ location: the frontend page answers with 200',
    'nginx-no-upgrade': 'nginx does not pass the Upgrade and Connection headers on: only polling works',
    'nginx-wrong-port': 'nginx sends /socket.io/ to a port where nobody listens: 502 at once',
    'nginx-path-rewritten':
        'proxy_pass has a path of its own: the backend receives /im/ instead of /socket.io/',
    'nginx-short-timeout': 'proxy_read_timeout is 5 s, shorter than pingInterval: idle connections are cut',
    'nginx-stopped': 'nginx does not run',
    'nginx-no-http11': 'harmless: proxy_http_version 1.1 is missing',
    'nginx-buffering-on': 'harmless: proxy_buffering is on',
    'backend-stopped': 'the backend is stopped in PM2',
    'backend-frozen': 'the backend hangs: its processes are stopped by SIGSTOP',
    'database-stopped': 'MariaDB does not run',
    'database-locked': 'a session holds the token table write-locked: tokens cannot be checked',
    'token-expired': "the probe's own token has expired",
    'token-revoked': "the probe's own token is revoked",
    'token-unknown': "the probe's own token is not in the table",
    'token-missing': 'the backend reads the token from the Authorization header only, which nobody sends',
    'cluster-not-sticky': 'PM2 runs four workers in cluster mode, without sticky sessions',
};
