import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import Database from 'libsql';

/** The least that keeps what it answers: the body parsed, one row, one flush a request. */
const database = new Database(join(process.argv[2], 'bare.sqlite'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('create table entry (id integer primary key, body text not null)');
const insert = database.prepare('insert into entry (body) values (?)');

const app = new Hono();
app.post('/', async (context) => {
  const body = await context.req.text();
  const parsed = JSON.parse(body);
  insert.run(body);
  return context.json({ accepted: Array.isArray(parsed) ? parsed.length : 1 });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ address: `http://127.0.0.1:${port}` })}\n`);
});
