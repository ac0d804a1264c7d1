import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFolder, run } from './tregua.ts';

/** Tokens and sources by the command line. */

function home(): string {
  const folder = join(ownFolder(), 'home');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'tregua.yaml'),
    'tregua: 1\nname: Live\ntimezone: UTC\ncurrency: EUR\nareas: { marketing: {} }\nfields: { zone: { type: string } }\nfunnel: [ { id: lead, owner: marketing } ]\n',
  );
  return folder;
}

test('a token is made, listed without its text, revoked', async () => {
  const at = ['--home', home()];
  const made = await run(['token', 'create', 'shop', '--scope', 'leads:write, read', ...at]);
  expect(made.out).toMatch(/^tregua_[\w-]{43}\n$/);
  expect(made.told).toContain('"shop"');
  const listed = await run(['token', 'list', '--json', ...at]);
  expect(listed.out).not.toContain(made.out.trim());
  const { tokens } = JSON.parse(listed.out);
  expect(tokens).toMatchObject([
    { name: 'shop', scopes: ['leads:write', 'read'], last_used_at: null, revoked_at: null },
  ]);
  expect((await run(['token', 'revoke', tokens[0].id, ...at])).status).toBe(0);
  expect(await run(['token', 'revoke', tokens[0].id, ...at])).toMatchObject({ status: 2 });
  expect((await run(['token', 'list', '--lang', 'es', ...at])).out).toContain('revocado');
  expect(await run(['token', 'create', 'x', '--scope', 'all', ...at])).toMatchObject({ status: 2 });
  // Its file is its owner's alone.
  const file = join(at[1] ?? '', '.tregua', 'access.sqlite');
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('sources: a form with its secret, Meta by the environment, faults with their mend', async () => {
  const at = ['--home', home()];
  const made = await run(['source', 'add', 'landing', '--kind', 'form', '--json', ...at]);
  const { path, secret } = JSON.parse(made.out);
  expect([path, secret]).toEqual(['/v1/hooks/landing', expect.stringMatching(/^whsec_/)]);
  expect(await run(['source', 'add', 'landing', '--kind', 'form', ...at])).toMatchObject({ status: 2 });
  const rotated = await run(['source', 'rotate', 'landing', ...at]);
  expect(rotated.out).toMatch(/^whsec_/);
  expect(rotated.out.trim()).not.toBe(secret);
  const bare = await run(['source', 'add', 'meta', '--kind', 'meta', '--lang', 'es', ...at]);
  expect([bare.status, bare.told]).toEqual([
    2,
    expect.stringContaining('TREGUA_META_APP_SECRET, TREGUA_META_ACCESS_TOKEN'),
  ]);
  const environment = { TREGUA_META_APP_SECRET: 'a', TREGUA_META_ACCESS_TOKEN: 'b' };
  const meta = await run(['source', 'add', 'meta', '--kind', 'meta', '--json', ...at], { environment });
  expect(JSON.parse(meta.out)).toMatchObject({
    path: '/v1/hooks/meta',
    verify_token: expect.stringMatching(/^\S{20,}$/),
  });
  expect((await run(['source', 'list', ...at])).out).toMatch(
    /landing +form +\/v1\/hooks\/landing +works\nmeta +meta/,
  );
  expect((await run(['source', 'remove', 'meta', ...at])).status).toBe(0);
  expect(await run(['source', 'renew', 'meta', ...at], { environment })).toMatchObject({ status: 2 });
  const mapping = join(at[1] ?? '', 'm.yaml');
  writeFileSync(mapping, 'source: x\nrecords: [ { kind: leads, columns: { zoen: a } } ]\n');
  const bad = await run(['source', 'add', 'other', '--kind', 'form', '--mapping', mapping, ...at]);
  expect([bad.status, bad.told]).toEqual([2, expect.stringContaining('zone')]);
});
