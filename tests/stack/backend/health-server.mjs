// An HTTP server with the backend's two health pages, for the applications that are not NestJS. What is neither
// goes to `other`.
import http from 'node:http';

export const healthServer = (other) =>
    http.createServer((request, response) => {
        if (request.url !== '/health' && request.url !== '/health/database') {
            other(request, response);
            return;
        }
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ status: 'ok', pid: process.pid }));
    });
