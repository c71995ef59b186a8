// The gateway on a Socket.IO server of version 2, which speaks EIO=3 only. The fault backend-eio3.
import { createRequire } from 'node:module';
import { healthServer } from './health-server.mjs';
import { log } from './log.mjs';
import { heartbeat, listening, port } from './settings.mjs';

const socketio = createRequire(import.meta.url)('socket.io-2');
const server = healthServer((request, response) => {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end(`Cannot ${request.method} ${request.url}`);
});
const gateway = socketio(server, { serveClient: false, ...heartbeat }).of('/im');
gateway.on('connection', (client) => {
    log(`客户端 ${client.id} 尝试连接`);
    client.on('disconnect', () => log(`客户端 ${client.id} 断开连接`));
    client.emit('connected', { message: '连接成功' });
});
server.listen(port, '127.0.0.1', listening);
