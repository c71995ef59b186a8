// Every fault by name. A fault is only a name in the stack's set: the components read the set and bring
// themselves to what it asks for, so breaking twice, mending what is whole and several faults at once all
// work.
export const faults = {
    'nginx-no-location': 'nginx has no /socket.io/ location: the frontend page answers with 200',
    'nginx-no-upgrade': 'nginx does not pass the Upgrade and Connection headers on: only polling works',
    'nginx-wrong-port': 'nginx sends /socket.io/ to a port where nobody listens: 502 at once',
    'nginx-path-rewritten':
        'proxy_pass has a path of its own: the backend receives /im/ instead of /socket.io/',
    'nginx-short-timeout':
        'proxy_read_timeout is 5 s, or half of a shorter pingInterval: idle connections are cut',
    'nginx-stopped': 'nginx does not run',
    'nginx-redirect': '/socket.io/ is redirected to the other scheme with 301',
    'nginx-other-vhost': 'the name is that of another server block: "Welcome to nginx!" answers everything',
    'nginx-denied': 'deny all in the location: 403',
    'nginx-post-blocked': 'the location lets only GET pass: POST gets 403, WebSocket works',
    'nginx-cached': 'a proxy_cache that ignores headers: two handshakes get the same session id',
    'nginx-rate-limited': 'one request a minute and address: all others get 503',
    'nginx-small-headers':
        'the header buffers hold less than the requests: 400 Request Header Or Cookie Too Large',
    'nginx-cors-duplicate': 'nginx adds an Access-Control-Allow-Origin to that of the backend',
    'nginx-not-sticky': 'two backend instances on ports of their own behind round robin: sessions are lost',
    'nginx-connections-full': 'worker_connections is 32 and slow clients take them all, again and again',
    'nginx-plain-on-tls':
        "the two ports have each other's scheme: plain HTTP on the TLS port and the reverse",
    'nginx-drops-syn':
        'nothing answers a SYN on its ports (a listener with a full queue stands for a firewall)',
    'nginx-drops-authorization': 'the Authorization header is not passed on',
    'tls-expired': 'the certificate has expired',
    'tls-self-signed': 'the certificate is signed by itself, not by the CA',
    'tls-other-name': 'the certificate is for another name',
    'dns-broken': 'the resolver of the stack knows its name gatewatch-im no longer',
    'backend-stopped': 'the backend is stopped in PM2',
    'backend-frozen': 'the backend hangs: its processes are stopped by SIGSTOP',
    'backend-other-path': 'the Socket.IO server has the path /realtime/',
    'backend-eio3': 'the Socket.IO server is of version 2: it speaks EIO=3 only',
    'backend-not-socketio': 'on the port runs an application that echoes over plain WebSocket',
    'backend-other-namespace': 'the gateway is on /chat instead of /im',
    'backend-denies-origin': "allowRequest refuses the frontend's origin: 403, engine.io code 4",
    'backend-connect-unanswered': 'a middleware never calls next(): the CONNECT gets no answer',
    'backend-polling-only': 'transports is ["polling"]: a WebSocket gets code 0',
    'backend-cors-other': "the gateway allows http://localhost:5173, not the frontend's origin",
    'backend-cors-wildcard': 'the gateway sends Access-Control-Allow-Origin: * with credentials',
    'backend-crash-loop': 'the backend crashes a second after it listens, and PM2 starts it again',
    'backend-no-guard': 'the gateway accepts every token, and none at all',
    'backend-other-time-zone':
        "Node's zone is hours east of the database's: the probe's token has expired for the backend only",
    'database-stopped': 'MariaDB does not run',
    'database-locked': 'a session holds the token table write-locked: tokens cannot be checked',
    'token-expired': "the probe's own token has expired",
    'token-revoked': "the probe's own token is revoked",
    'token-unknown': "the probe's own token is not in the table",
    'token-missing': 'the backend reads the token from the Authorization header only, which nobody sends',
    'cluster-not-sticky': 'PM2 runs four workers in cluster mode, without sticky sessions',
    'env-no-node-env': "the backend's .env lacks NODE_ENV",
    'env-no-frontend-url': "the backend's .env lacks FRONTEND_URL: no answer has a CORS header",
    'frontend-localhost-url': 'the bundle was built with http://localhost:7002, whatever its .env says now',
    'frontend-csp': "the page's Content-Security-Policy forbids every connection",
    'log-elsewhere': "PM2 writes the backend's log outside its log directory",
    'nginx-no-http11': 'harmless: proxy_http_version 1.1 is missing',
    'nginx-buffering-on': 'harmless: proxy_buffering is on',
    'nginx-connection-fixed': 'harmless: the Connection header is always "upgrade"',
    'nginx-upstream-localhost': 'harmless: proxy_pass names localhost, so that ::1 is tried as well',
    'instances-ip-hash': 'harmless: two backend instances on ports of their own behind ip_hash',
    'log-time': 'harmless: PM2 writes a time before each line (--time)',
    'log-date-format': 'harmless: PM2 writes a date of its own format before each line',
    'log-json': 'harmless: PM2 writes JSON records',
    'log-merged': 'harmless: two instances behind ip_hash write one log file (merge_logs)',
    'log-nest-json': "harmless: Nest's JSON logger",
};

// What users, and with them the agent, must take for a fault to show, as `up --public` names it.
export const shownOver = {
    'tls-expired': 'tls',
    'tls-self-signed': 'tls',
    'tls-other-name': 'tls',
    'dns-broken': 'name',
};

// Those that only the probe `hold` sees, which runs less often than the others.
export const seenByHoldOnly = ['nginx-short-timeout'];
