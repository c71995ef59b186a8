// A session that holds the token table write-locked until it is ended: the fault database-locked.
import { connect } from './database.mjs';
import { Stack } from './layout.mjs';

const connection = await connect(new Stack(process.argv[2]));
connection.connection.on('error', () => process.exit(1));
connection.connection.on('end', () => process.exit(1));
await connection.query('SET SESSION wait_timeout = 2147483, lock_wait_timeout = 60');
await connection.query('LOCK TABLES user_tokens WRITE');
