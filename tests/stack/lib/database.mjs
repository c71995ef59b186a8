// MariaDB with the token table: a private data directory, one socket, one loopback port, never the system's
// server.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './failure.mjs';
import { here } from './layout.mjs';
import { fingerprint, run, running, setFingerprint, start, stop } from './processes.mjs';
import {
    appAccount,
    counts,
    monitor,
    probeRowState,
    secret,
    seed,
    setProbeRow,
    writeTokenFiles,
} from './tokens.mjs';

const name = 'mysql';
const lockHolder = 'lock-holder';
const socketOf = (stack) => path.join(stack.dir, 'mysql', 'mysql.sock');
const dataOf = (stack) => path.join(stack.dir, 'mysql', 'data');
// Of its own: servers that start side by side remove each other's files from a common one.
const temporaryOf = (stack) => path.join(stack.dir, 'mysql', 'tmp');
const asRoot = process.getuid() === 0 ? ['--user=root'] : [];
const small = ['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M', '--performance-schema=OFF'];

export function describe(stack) {
    return {
        mysql: {
            host: '127.0.0.1',
            port: stack.ports.mysql,
            socket: socketOf(stack),
            database: 'im_system',
            table: 'user_tokens',
            admin: { user: 'root', password_file: path.join(stack.dir, 'secrets', 'mysql-root-password') },
            monitor: { user: monitor, password_file: stack.files.mysql_password },
        },
        tokens: counts,
    };
}

// A connection as the administrator, over the socket. Used by the lock holder too.
export async function connect(stack) {
    const { default: mysql } = await import('mysql2/promise');
    return mysql.createConnection({
        socketPath: socketOf(stack),
        user: 'root',
        password: secret(stack, 'mysql-root-password'),
        database: 'im_system',
        connectTimeout: 2000,
    });
}

async function withConnection(stack, use) {
    const connection = await connect(stack);
    try {
        return await use(connection);
    } finally {
        connection.destroy();
    }
}

const schema = (stack) => `
FLUSH PRIVILEGES;
CREATE DATABASE im_system CHARACTER SET utf8mb4;
CREATE TABLE im_system.user_tokens (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id INT NOT NULL,
    token VARCHAR(512) NOT NULL,
    is_revoked TINYINT(1) NOT NULL DEFAULT 0,
    expires_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY by_token (token),
    KEY by_user (user_id),
    KEY by_state (is_revoked, expires_at)
) AUTO_INCREMENT = 1001;
CREATE TABLE im_system.users (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(64) NOT NULL UNIQUE,
    password_salt VARBINARY(64) NOT NULL,
    password_hash VARBINARY(64) NOT NULL
);
CREATE USER '${appAccount}'@'127.0.0.1' IDENTIFIED BY '${secret(stack, 'mysql-app-password')}';
GRANT SELECT, INSERT, UPDATE, DELETE ON im_system.* TO '${appAccount}'@'127.0.0.1';
CREATE USER '${monitor}'@'127.0.0.1' IDENTIFIED BY '${secret(stack, 'mysql-password')}';
CREATE USER '${monitor}'@'localhost' IDENTIFIED BY '${secret(stack, 'mysql-password')}';
GRANT SELECT ON im_system.user_tokens TO '${monitor}'@'127.0.0.1';
GRANT SELECT ON im_system.user_tokens TO '${monitor}'@'localhost';
SET PASSWORD FOR 'root'@'localhost' = PASSWORD('${secret(stack, 'mysql-root-password')}');
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost' OR User = '';
`;

async function initialise(stack) {
    const done = path.join(dataOf(stack), 'initialised');
    mkdirSync(temporaryOf(stack), { recursive: true, mode: 0o700 });
    if (existsSync(done)) return;
    rmSync(dataOf(stack), { recursive: true, force: true });
    mkdirSync(dataOf(stack), { recursive: true, mode: 0o700 });
    const sql = stack.path('secrets', 'schema.sql');
    writeFileSync(sql, schema(stack), { mode: 0o600 });
    await run(stack, 'mysql-init', 'mariadb-install-db', [
        '--no-defaults',
        `--datadir=${dataOf(stack)}`,
        `--tmpdir=${temporaryOf(stack)}`,
        ...asRoot,
        ...small,
        '--skip-test-db',
        '--auth-root-authentication-method=normal',
        '--skip-name-resolve',
        '--force', // without it the host's own name would have to resolve
        `--extra-file=${sql}`,
    ]);
    rmSync(sql);
    writeFileSync(done, '');
}

async function startServer(stack) {
    const answers = () => withConnection(stack, () => true).catch(() => false);
    await start(
        stack,
        name,
        'mariadbd',
        [
            '--no-defaults',
            `--datadir=${dataOf(stack)}`,
            `--tmpdir=${temporaryOf(stack)}`,
            `--socket=${socketOf(stack)}`,
            '--bind-address=127.0.0.1',
            `--port=${stack.ports.mysql}`,
            `--pid-file=${stack.path('mysql', 'mysqld.pid')}`,
            '--skip-name-resolve',
            ...asRoot,
            ...small,
            '--skip-log-bin',
            '--innodb-flush-log-at-trx-commit=2',
        ],
        { ready: answers, seconds: 30 },
    );
}

// Called once by `up`, before the first converge: the data directory, the seeded rows, the secret files.
export async function prepare(stack) {
    writeTokenFiles(stack);
    await initialise(stack);
    if (!running(stack, name)) await startServer(stack);
    if (!running(stack, lockHolder)) await withConnection(stack, (connection) => seed(stack, connection));
}

// Brings server, probe token and table lock to what the faults in force ask for.
export async function converge(stack) {
    if (stack.faults.has('database-stopped')) {
        await stopAll(stack);
        return;
    }
    if (!running(stack, name)) await startServer(stack);
    const wanted = probeRowState(stack.faults);
    const locked = stack.faults.has('database-locked');
    if (!locked || fingerprint(stack, 'probe-token') !== wanted) {
        await stop(stack, lockHolder);
        await until('the token table is free', async () => !(await isLocked(stack)));
        await withConnection(stack, (connection) => setProbeRow(stack, connection, wanted));
        setFingerprint(stack, 'probe-token', wanted);
    }
    if (locked) {
        await start(
            stack,
            lockHolder,
            process.execPath,
            [path.join(here, 'lib', 'hold-lock.mjs'), `${stack.dir}/`],
            { ready: () => isLocked(stack) },
        );
    }
}

function isLocked(stack) {
    const query = 'SET STATEMENT lock_wait_timeout = 0 FOR SELECT 1 FROM user_tokens LIMIT 1';
    return withConnection(stack, (connection) => connection.query(query)).then(
        () => false,
        (error) => {
            if (error.code === 'ER_LOCK_WAIT_TIMEOUT') return true;
            throw error;
        },
    );
}

export async function stopAll(stack) {
    await stop(stack, lockHolder);
    await stop(stack, name, { seconds: 15 });
}

export const pids = (stack) => ({
    mysql: running(stack, name) ?? null,
    ...(running(stack, lockHolder) && { lock_holder: running(stack, lockHolder) }),
});
