// Runs PM2 commands, one after the other, in one process: each start of PM2's own program costs half a second.
// Usage: PM2_HOME=DIR node pm2-commands.mjs '[["delete","nest-backend"],["start","FILE"]]'
import { promisify } from 'node:util';
import pm2 from 'pm2';

const call = (name, ...args) => promisify(pm2[name].bind(pm2))(...args);

await call('connect');
for (const [name, ...args] of JSON.parse(process.argv[2])) {
    // That there is nothing to delete is no failure.
    await call(name, ...args).catch((error) => {
        if (name !== 'delete') throw error;
    });
}
pm2.disconnect();
