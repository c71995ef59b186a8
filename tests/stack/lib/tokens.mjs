// The login tokens and accounts that every stack starts with. All tokens look like JWTs of one issuer, so
// the first characters that the backend logs are the same for each; they are derived from the stack's own
// secret.
import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeIfChanged } from './layout.mjs';

export const monitor = 'gatewatch';
export const appAccount = 'nest';
export const loginUser = 'probe';

// Row 1 is the probe's own. One revoked token has expired as well: it counts as revoked.
const rows = [
    { id: 1, user: 1, revoked: 0, days: 30, file: 'token' },
    { id: 2, user: 2, revoked: 0, days: 7 },
    { id: 3, user: 3, revoked: 0, days: 7 },
    { id: 4, user: 4, revoked: 0, days: 1 },
    { id: 5, user: 5, revoked: 0, days: 1 },
    { id: 6, user: 1, revoked: 0, days: -1, file: 'expired_token' },
    { id: 7, user: 2, revoked: 0, days: -3 },
    { id: 8, user: 3, revoked: 0, days: -30 },
    { id: 9, user: 1, revoked: 1, days: 7, file: 'revoked_token' },
    { id: 10, user: 5, revoked: 1, days: -7 },
];
export const counts = { valid: 5, expired: 3, revoked: 2 };

// The text in a secret file of the stack, made at random the first time.
export function secret(stack, name) {
    const file = stack.path('secrets', name);
    if (!existsSync(file)) writeIfChanged(file, `${randomBytes(18).toString('base64url')}\n`, 0o600);
    return readFileSync(file, 'utf8').trim();
}

function token(stack, id, user) {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: user, jti: `seed-${id}` })}`;
    return `${text}.${createHmac('sha256', secret(stack, 'jwt-secret')).update(text).digest('base64url')}`;
}

export function writeTokenFiles(stack) {
    const { files } = stack;
    for (const row of rows.filter((row) => row.file)) {
        writeIfChanged(files[row.file], `${token(stack, row.id, row.user)}\n`, 0o600);
    }
    writeIfChanged(files.unknown_token, `${token(stack, 0, 1)}\n`, 0o600);
    secret(stack, 'login-password');
}

const replace = `REPLACE INTO user_tokens (id, user_id, token, is_revoked, expires_at, created_at)
    VALUES (?, ?, ?, ?, NOW() + INTERVAL ? SECOND, NOW() - INTERVAL 31 DAY)`;

async function write(stack, connection, row) {
    await connection.query(replace, [
        row.id,
        row.user,
        token(stack, row.id, row.user),
        row.revoked,
        row.days * 86400,
    ]);
}

// Brings every seeded row, and the accounts that may log in, to what the lists above say.
export async function seed(stack, connection) {
    for (const row of rows) await write(stack, connection, row);
    const password = secret(stack, 'login-password');
    for (const id of [1, 2, 3, 4, 5]) {
        const salt = Buffer.from(`${secret(stack, 'jwt-secret')}-${id}`);
        const name = id === 1 ? loginUser : `user${id}`;
        await connection.query(
            'REPLACE INTO users (id, username, password_salt, password_hash) VALUES (?, ?, ?, ?)',
            [id, name, salt, scryptSync(password, salt, 32)],
        );
    }
}

// The state of the probe's own row that the faults in force ask for. Valid for an hour: for a backend whose
// zone lies further east it has expired then.
export function probeRowState(faults) {
    const state = ['unknown', 'revoked', 'expired'].find((state) => faults.has(`token-${state}`));
    return state ?? (faults.has('backend-other-time-zone') ? 'hour' : 'valid');
}

export async function setProbeRow(stack, connection, state) {
    if (state === 'unknown') {
        await connection.query('DELETE FROM user_tokens WHERE id = 1');
        return;
    }
    const changes = {
        valid: {},
        revoked: { revoked: 1 },
        expired: { days: -1 / 24 },
        hour: { days: 1 / 24 },
    };
    await write(stack, connection, { ...rows[0], ...changes[state] });
}
