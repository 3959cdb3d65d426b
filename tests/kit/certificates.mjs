// Certificates for servers of tests.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './programs.mjs';

// A made-up authority and what it signed: {ca: file, good, expired, ...: [certificate, key]}. openssl's
// command line has no other way to the past.
export async function certificates(dir) {
    const at = (name) => path.join(dir, name);
    const openssl = async (...args) => {
        const done = await run('openssl', args, { cwd: dir });
        assert.equal(done.code, 0, `openssl ${args.join(' ')}: ${done.err}`);
    };
    const key = (name) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
    await key('ca');
    await openssl('req', '-x509', '-new', '-key', 'ca.key', '-days', '2', '-subj', '/CN=Made-up CA', '-out', 'ca.pem');
    await key('self');
    await openssl('req', '-x509', '-new', '-key', 'self.key', '-days', '2', '-subj', '/CN=127.0.0.1',
        '-addext', 'subjectAltName=IP:127.0.0.1', '-out', 'self.pem');

    await writeFile(at('ca.conf'), [
        '[ca]', 'default_ca = own', '[own]', `database = ${at('index')}`, `serial = ${at('serial')}`,
        `new_certs_dir = ${dir}`, 'default_md = sha256', 'policy = any', 'copy_extensions = copy',
        'unique_subject = no',
        '[any]', 'commonName = supplied', '',
    ].join('\n'));
    await writeFile(at('index'), '');
    await writeFile(at('serial'), '1000\n');
    const sign = async (name, host, from, to) => {
        await key(name);
        await openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`,
            '-addext', `subjectAltName=${host}`, '-out', `${name}.csr`);
        await openssl('ca', '-batch', '-config', 'ca.conf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-notext',
            '-startdate', from, '-enddate', to, '-in', `${name}.csr`, '-out', `${name}.pem`);
        return [at(`${name}.pem`), at(`${name}.key`)];
    };
    const day = (days) =>
        `${new Date(Date.now() + days * 86400000).toISOString().slice(2, 10).replaceAll('-', '')}000000Z`;
    return {
        ca: at('ca.pem'),
        selfsigned: [at('self.pem'), at('self.key')],
        good: await sign('good', 'IP:127.0.0.1,IP:127.0.0.2', day(-2), day(2)),
        expired: await sign('expired', 'IP:127.0.0.1', day(-9), day(-2)),
        otherhost: await sign('otherhost', 'DNS:shop.example', day(-2), day(2)),
    };
}
