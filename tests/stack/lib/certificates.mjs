// The stack's CA and the certificates of nginx: the good one, and those of the tls- faults.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeIfChanged } from './layout.mjs';
import { run } from './processes.mjs';

const lifetimes = {
    server: ['20200101000000Z', '20991231235959Z'],
    expired: ['20200101000000Z', '20210101000000Z'],
};
const names = {
    server: 'DNS:localhost,DNS:gatewatch-im,IP:127.0.0.1',
    'other-name': 'DNS:www.im.example.com',
};
const signedByCa = ['server', 'expired', 'other-name'];

// What `openssl ca` wants: it alone takes dates that lie in the past.
const caConfig = (dir) => `[ca]
default_ca = own
[own]
database = ${dir}/index.txt
new_certs_dir = ${dir}/issued
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

// Makes all of them, unless they are there.
export async function makeCertificates(stack) {
    const tls = (...file) => stack.path('tls', ...file);
    if (existsSync(tls('all-made'))) return;
    const openssl = (...args) => run(stack, 'openssl', 'openssl', args);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const request = (name, subject, ...more) =>
        openssl('req', ...key, '-subj', subject, '-keyout', tls(`${name}.key`), ...more);
    const leaf = (name) => [
        '-addext',
        `subjectAltName=${names[name] ?? names.server}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
    ];
    const selfSigned = (name) => ['-x509', '-days', '3650', '-out', tls(`${name}.pem`)];
    await request('ca', '/CN=Gatewatch reference deployment CA', ...selfSigned('ca'));
    await request('self-signed', '/CN=localhost', ...selfSigned('self-signed'), ...leaf('self-signed'));
    writeFileSync(tls('ca.conf'), caConfig(path.join(stack.dir, 'tls')));
    writeFileSync(tls('index.txt'), '');
    tls('issued', 'any');
    for (const name of signedByCa) {
        await request(name, '/CN=localhost', ...leaf(name), '-out', tls(`${name}.csr`));
        const [start, end] = lifetimes[name] ?? lifetimes.server;
        const files = ['-in', tls(`${name}.csr`), '-out', tls(`${name}.pem`)];
        const ca = ['-config', tls('ca.conf'), '-cert', tls('ca.pem'), '-keyfile', tls('ca.key')];
        await openssl('ca', '-batch', '-notext', ...ca, '-startdate', start, '-enddate', end, ...files);
    }
    writeIfChanged(tls('all-made'), '');
}
