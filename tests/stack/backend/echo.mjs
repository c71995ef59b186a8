// What may run on the port by mistake: an application that speaks plain WebSocket and echoes. The fault
// backend-not-socketio.
import { WebSocketServer } from 'ws';
import { listening, port } from './settings.mjs';
import { healthServer } from './health-server.mjs';

const server = healthServer((request, response) => {
    response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket' }).end('Upgrade Required');
});
new WebSocketServer({ server }).on('connection', (client) => {
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
});
server.listen(port, '127.0.0.1', listening);
