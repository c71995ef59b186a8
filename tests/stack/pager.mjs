// Stands where a telephone would: takes Alertmanager's webhook notifications, keeps them as lines of JSON in
// a file, and shows them. Usage: node pager.mjs PORT FILE
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import http from 'node:http';

const [port, file] = process.argv.slice(2);
const mostBytes = 4 * 1024 * 1024;

function take(request, response) {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => {
        body += part;
        if (body.length > mostBytes) request.destroy();
    });
    request.on('end', () => {
        try {
            const receiver = decodeURIComponent(request.url.slice(1));
            const page = { time: new Date().toISOString(), ...JSON.parse(body), receiver };
            appendFileSync(file, `${JSON.stringify(page)}\n`);
            response.writeHead(204).end();
        } catch (error) {
            response.writeHead(400, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
        }
    });
}

http.createServer((request, response) => {
    if (request.method === 'POST') return take(request, response);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
    response.writeHead(200, { 'content-type': 'application/json' }).end(`[${lines.join(',\n')}]\n`);
}).listen(Number(port), '127.0.0.1');
