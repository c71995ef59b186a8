// What several expectations share: which probes fail with which reason, and what of the user's own must stand in the
// advice, taken from the deployment's state.

/// Both connect probes over both routes.
export function everywhere(reason) {
    return { ...overPublic(reason), ...overLocal(reason) };
}

export function overPublic(websocket, polling = websocket) {
    return { 'public:websocket': websocket, 'public:polling': polling };
}

export function overLocal(websocket, polling = websocket) {
    return { 'local:websocket': websocket, 'local:polling': polling };
}

export const proxyPass = ({ urls }) => [`proxy_pass ${urls.local};`];
export const publicUrl = ({ urls }) => [urls.public];
export const localUrl = ({ urls }) => [urls.local];
export const siteFile = ({ files }) => [`${files.nginx_site_conf}:`];
export const database = ({ mysql }) => [`${mysql.host}:${mysql.port}`, `${mysql.database}.${mysql.table}`];
/// nginx's own word on an upstream that refuses connections.
export const refusedBy = (upstream) => [
    'nginx_log: nginx logged: connect() failed (111: Connection refused) while connecting to upstream',
    `upstream ${upstream}/socket.io/;`,
];
export const nothing = () => [];
