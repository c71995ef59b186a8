// `token` as a user meets it, against the reference deployment's table.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configuration, gatewatch, onTerminal, secret, state, token } from './lib/cli.mjs';

test('token says valid, expired, revoked or not in the table, with its exit code and never the token', () => {
    for (const [name, expected, status] of [
        ['token', /valid: it is in the table/, 0],
        ['expired_token', /expired: log in again/, 1],
        ['revoked_token', /revoked: /, 1],
        ['unknown_token', /not in the table/, 1],
    ]) {
        const input = secret(name);
        for (const pasted of [input, `Bearer ${input}\n`, `"${input}"`, `  '${input}'\r\n`]) {
            const answer = gatewatch('token', { input: pasted });
            assert.equal(answer.status, status, answer.stdout + answer.stderr);
            assert.match(answer.stdout, expected);
            assert.ok(!`${answer.stdout}${answer.stderr}`.includes(input), 'the token stands nowhere');
        }
    }
    const cut = gatewatch('token', { input: `${token.slice(0, 40)}\n${token.slice(40)}` });
    assert.equal(cut.status, 2);
    assert.match(cut.stderr, /white space.*one piece/);
    assert.ok(!cut.stderr.includes(token.slice(0, 20)));
});

test('token tells one that differs only in letter case, which the backend takes for the other', () => {
    const signature = token.lastIndexOf('.') + 1;
    const other = token.slice(0, signature) + token.slice(signature).toUpperCase();
    assert.notEqual(other, token);
    const { status, stdout } = gatewatch('token', { input: other });
    assert.equal(status, 1);
    assert.match(stdout, /differs only in letter case.*utf8mb4_general_ci/);
});

test('token lists rows, newest first, and a user’s, as text and as JSON, in both languages', () => {
    const list = (...args) => gatewatch('token', { args });
    const recent = JSON.parse(list('--recent', '3', '--format', 'json').stdout);
    assert.equal(recent.rows.length, 3);
    assert.ok(Number(recent.rows[0].id) > Number(recent.rows[1].id));
    const [{ user_id: user }] = recent.rows;
    const own = JSON.parse(list('--user', user, '--recent', '1', '--format', 'json').stdout);
    assert.deepEqual(own.rows, [recent.rows[0]]);
    assert.ok(own.columns.some(({ name }) => name === 'is_revoked'));
    const chinese = list('--recent', '3', '--lang', 'zh');
    assert.equal(chinese.status, 0);
    const width = (line) => [...line].reduce((sum, c) => sum + (c > '\u2e80' ? 2 : 1), 0);
    const [head, ...rows] = chinese.stdout.split('\n').slice(1, 5);
    for (const row of rows) {
        assert.equal(width(row.slice(0, row.indexOf('eyJ'))), width(head.slice(0, head.indexOf('Token'))));
    }
});

test('token asks on a terminal, and does not show what is pasted', async () => {
    const { shown, status } = await onTerminal(['token', '--config', state.files.agent_config], {
        answer: { to: 'press Enter', text: `${token}\r` },
    });
    assert.equal(status, 0, shown);
    assert.match(shown, /valid: it is in the table/);
    assert.ok(!shown.includes(token));
});

test('token says which table it would need, and when the database does not answer', () => {
    const none = configuration('no-mysql', (text) => text.replace(/\[gateway\.mysql\]\n(?:.+\n)*/, ''));
    const missing = gatewatch('token', { config: none, input: token });
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /\[gateway\.mysql\]/);
    const two = configuration('two', (text) => {
        const [head, gateway] = text.split(/(?=^\[\[gateway\]\]$)/m);
        return `${head}${gateway}\n${gateway.replace('name = "im"', 'name = "chat"')}`;
    });
    const ambiguous = gatewatch('token', { config: two, input: token });
    assert.equal(ambiguous.status, 2);
    assert.match(ambiguous.stderr, /--gateway/);
    assert.equal(gatewatch('token', { config: two, input: token, args: ['--gateway', 'chat'] }).status, 0);
    const dead = configuration('dead-mysql', (text) =>
        text.replace(/^address = .*$/m, 'address = "127.0.0.1:1"'),
    );
    const refused = gatewatch('token', { config: dead, input: token, args: ['--lang', 'zh'] });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /127\.0\.0\.1:1：连接被拒绝/);
});

test('token explains how a backend in another time zone than the database sees it', () => {
    const config = configuration('other-zone', (text) =>
        text.replace('[gateway.mysql]\n', '[gateway.mysql]\nbackend_time_zone = "+13:00"\n'),
    );
    const admin = ['-u', state.mysql.admin.user, `--socket=${state.mysql.socket}`, '-N', 'im_system'];
    const sql = (statement) =>
        execFileSync('mariadb', admin, {
            input: statement,
            encoding: 'utf8',
            env: { ...process.env, MYSQL_PWD: readFileSync(state.mysql.admin.password_file, 'utf8').trim() },
        });
    const row = `(user_id, token, is_revoked, expires_at, created_at)`;
    sql(`INSERT INTO user_tokens ${row} VALUES (1, 'soon-over', 0, NOW() + INTERVAL 4 HOUR, NOW())`);
    try {
        const english = gatewatch('token', { config, input: 'soon-over' });
        assert.equal(english.status, 1);
        assert.match(english.stdout, /backend's time zone \(\+13:00\) it is expired, .* it is valid/);
        const chinese = gatewatch('token', { config, input: 'soon-over', args: ['--lang', 'zh'] });
        assert.match(chinese.stdout, /按后端时区（\+13:00）它已过期/);
    } finally {
        sql(`DELETE FROM user_tokens WHERE token = 'soon-over'`);
    }
});
