// What stands in for the receivers of the example: a webhook and a mail server that keep what they get. Used by
// inhibition.test.mjs.

import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';

async function listen(server) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
}

/** { port, posts, close }: each post as { path, body }. */
export async function webhookSink() {
    const posts = [];
    const server = createServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        posts.push({ path: request.url, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
        response.end();
    });
    const port = await listen(server);
    return { port, posts, close: () => (server.closeAllConnections(), server.close()) };
}

const replies = { EHLO: '250 localhost', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go on', QUIT: '221 bye' };

/** { port, mails, close }: each mail as it was sent. */
export async function mailSink() {
    const mails = [];
    const server = createTcpServer((socket) => {
        let pending = '';
        let inData = false;
        socket.setEncoding('latin1');
        socket.on('error', () => {});
        socket.write('220 localhost ESMTP\r\n');
        socket.on('data', (chunk) => {
            pending += chunk;
            for (;;) {
                const end = pending.indexOf(inData ? '\r\n.\r\n' : '\r\n');
                if (end < 0) return;
                const text = pending.slice(0, end);
                pending = pending.slice(end + (inData ? 5 : 2));
                if (inData) mails.push(Buffer.from(text, 'latin1').toString('utf8'));
                const reply = inData ? '250 kept' : (replies[text.slice(0, 4).toUpperCase()] ?? '502 no');
                inData = !inData && text.toUpperCase() === 'DATA';
                socket.write(`${reply}\r\n`);
            }
        });
    });
    const port = await listen(server);
    return { port, mails, close: () => server.close() };
}

/** The text that is quoted-printable, as mails are. */
export function decoded(mail) {
    const joined = mail.replace(/=\r?\n/g, '');
    const bytes = [];
    for (let at = 0; at < joined.length; at++) {
        const hex = /^=([0-9A-F]{2})/.exec(joined.slice(at, at + 3));
        if (hex) at += 2;
        bytes.push(...(hex ? [parseInt(hex[1], 16)] : Buffer.from(joined[at])));
    }
    return Buffer.from(bytes).toString('utf8');
}
