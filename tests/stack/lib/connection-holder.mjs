// A crowd of slow clients: takes all the connections that nginx on this port may have with requests that it
// does not finish, lets them go for a moment, and begins anew. The fault nginx-connections-full.
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const port = Number(process.argv[2]);
// By chance, so that whatever its interval six of seven runs of a probe meet the crowd, and one does not.
const aWhile = (longest) => longest * (0.5 + 0.5 * Math.random());
const crowd = new Set();

// nginx closes connections of which it has not read a byte before it refuses one: so one after the other.
async function occupy() {
    const socket = net.connect(port, '127.0.0.1');
    crowd.add(socket);
    socket.on('error', () => {}).on('close', () => crowd.delete(socket));
    socket.on('connect', () => socket.write('GET / HTTP/1.1\r\nHost: slow'));
    await pause(2);
}

for (;;) {
    const end = performance.now() + aWhile(1600);
    while (performance.now() < end) await occupy();
    for (const socket of crowd) socket.destroy();
    await pause(aWhile(250));
}
