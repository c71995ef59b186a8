// `lint-nginx` and `collect` as a user meets them, against the reference deployment's files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { configuration, during, gatewatch, scratch, secret, state } from './lib/cli.mjs';

const printedConfiguration = () =>
    execFileSync('nginx', ['-T', '-q', '-p', path.join(state.dir, 'nginx/'), '-c', state.files.nginx_conf], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });

/// The configuration with the block that begins in that line of that file in the place of the present one.
function withBlock(text, file, line, block) {
    const lines = text.split('\n');
    const first = lines.indexOf(`# configuration file ${file}:`) + line;
    let depth = 0;
    let last = first;
    for (; last < lines.length; ++last) {
        depth += lines[last].split('{').length - lines[last].split('}').length;
        if (depth === 0) break;
    }
    return [...lines.slice(0, first), block, ...lines.slice(last + 1)].join('\n');
}

test('lint-nginx has no finding in the shipped configuration, whichever way it gets it', () => {
    for (const [args, input] of [
        [[], ''],
        [[state.files.nginx_conf], ''],
        [['-'], printedConfiguration()],
    ]) {
        const { status, stdout, stderr } = gatewatch('lint-nginx', { args, input });
        assert.equal(status, 0, stdout + stderr);
        assert.match(stdout, /^no finding: .*site\.conf:\d+ location \/socket\.io\/ -> http:/);
    }
    const missing = gatewatch('lint-nginx', { args: ['/nonexistent/nginx.conf'] });
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /\/nonexistent\/nginx\.conf: No such file/);
});

for (const [fault, finding] of [
    ['nginx-no-upgrade', 'does not pass the Upgrade header on'],
    ['nginx-path-rewritten', 'changes the path'],
    ['nginx-wrong-port', 'another port than the local route'],
    ['nginx-denied', 'refuses every request'],
]) {
    test(`lint-nginx names the line of ${fault}, and the block that it prints mends it`, () => {
        const { text, english, chinese } = during(fault, () => ({
            text: printedConfiguration(),
            english: gatewatch('lint-nginx'),
            chinese: gatewatch('lint-nginx', { args: ['--lang', 'zh'] }),
        }));
        assert.equal(english.status, 1, english.stdout);
        const [, file, line] = /^(\/.*site\.conf):(\d+): problem: /.exec(english.stdout);
        assert.ok(english.stdout.includes(finding), english.stdout);
        assert.match(chinese.stdout, /^\/.*site\.conf:\d+: 问题: [^,;]*[\u4e00-\u9fff]/);
        const broken = text.split('\n');
        const start = broken.indexOf(`# configuration file ${file}:`);
        let at = Number(line);
        while (!broken[start + at].includes('location /socket.io/')) --at;
        const block = english.stdout.split('The block as it should stand:\n')[1].trimEnd();
        const mended = withBlock(text, file, at, block);
        assert.notEqual(mended, text);
        const again = gatewatch('lint-nginx', { args: ['-'], input: mended });
        assert.equal(again.status, 0, again.stdout);
        assert.equal(gatewatch('lint-nginx', { args: ['-'], input: text }).status, 1);
    });
}

test('fault_100_no_secret_stands_in_the_archive_of_collect', () => {
    const planted = 'planted-Secret-0123456789';
    const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(planted).toString('base64url')}.c2lnbmF0dXJlLW9mLWl0`;
    const home = path.join(scratch, 'pm2');
    mkdirSync(path.join(home, 'logs'), { recursive: true });
    writeFileSync(
        path.join(home, 'logs', 'nest-backend-out.log'),
        `验证 Token: ${jwt}\n{"password":"${planted}"}\nmysql://root:${planted}@127.0.0.1/im\nAuthorization: Bearer ${planted}\n`,
    );
    writeFileSync(path.join(home, 'pm2.log'), `PM2 log: DB_PASSWORD=${planted}\n`);
    const env = path.join(scratch, '.env');
    writeFileSync(
        env,
        `NODE_ENV=production\nJWT_SECRET=${planted}\nDB_PASSWORD='${planted}'\nREDIS=${planted}\n`,
    );
    const nginx = path.join(scratch, 'nginx.conf');
    writeFileSync(
        nginx,
        readFileSync(state.files.nginx_site_conf, 'utf8').replace(
            'location /socket.io/ {',
            `location /socket.io/ {\n        proxy_set_header Authorization "Bearer ${planted}";`,
        ),
    );
    const config = configuration('planted', (text) =>
        text
            .replace(/^home = .*$/m, `home = "${home}"`)
            .replace(/^backend = .*$/m, `backend = "${env}"`)
            .replace(/^config = .*$/m, `config = "${nginx}"`),
    );
    const output = path.join(scratch, 'planted.tar.gz');
    const { status, stdout, stderr } = gatewatch('collect', { config, args: ['--output', output] });
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(output));
    assert.equal(statSync(output).mode & 0o777, 0o600);
    const directory = path.join(scratch, 'unpacked');
    mkdirSync(directory);
    execFileSync('tar', ['xzf', output, '-C', directory]);
    const read = (name) => readFileSync(path.join(directory, name), 'utf8');
    const names = execFileSync('tar', ['tzf', output], { encoding: 'utf8' }).trim().split('\n');
    const secrets = [
        planted,
        jwt,
        ...['token', 'expired_token', 'revoked_token', 'mysql_password'].map(secret),
        /JWT_SECRET=(.*)/.exec(readFileSync(state.files.backend_env, 'utf8'))[1],
    ];
    for (const name of names) {
        for (const each of secrets) assert.ok(!read(name).includes(each), `${name} holds a secret`);
    }
    for (const part of [
        'report.en.txt',
        'report.zh.txt',
        'report.json',
        'agent/metrics.txt',
        'agent/status.json',
        'gatewatch.toml',
        'tokens.txt',
        'host.txt',
        'im/logs/nest-backend-out.log',
        'im/logs/nginx-access.log',
        'im/logs/nginx-error.log',
        'im/nginx.conf',
        'im/env/backend.env',
    ]) {
        assert.ok(names.includes(part), `${part} is in the archive`);
        assert.match(read('MANIFEST.txt'), new RegExp(`^${part}: .*\n {4}${part}：.*[\u4e00-\u9fff]`, 'm'));
    }
    assert.match(read('im/env/backend.env'), /^NODE_ENV=production$/m);
    assert.match(read('im/logs/nest-backend-out.log'), /验证 Token: \[redacted\]/);
});

test('collect overwrites nothing, says where it cannot write, and that no agent answers', () => {
    const output = path.join(scratch, 'kept.tar.gz');
    writeFileSync(output, 'mine');
    const taken = gatewatch('collect', { args: ['--output', output, '--lang', 'zh'] });
    assert.equal(taken.status, 2);
    assert.match(taken.stderr, /kept\.tar\.gz 已存在，不会覆盖/);
    assert.equal(readFileSync(output, 'utf8'), 'mine');
    const nowhere = gatewatch('collect', { args: ['--output', '/nonexistent/a.tar.gz'] });
    assert.equal(nowhere.status, 2);
    assert.match(nowhere.stderr, /\/nonexistent\/a\.tar\.gz: No such file .*--output/);
    const alone = configuration('alone', (text) => text.replace(/^listen = .*$/m, 'listen = "127.0.0.1:1"'));
    const archive = path.join(scratch, 'alone.tar.gz');
    assert.equal(gatewatch('collect', { config: alone, args: ['--output', archive] }).status, 0);
    const manifest = execFileSync('tar', ['xOzf', archive, 'MANIFEST.txt'], { encoding: 'utf8' });
    assert.match(manifest, /nothing answers at 127\.0\.0\.1:1.*\n.*没有应答/);
});
