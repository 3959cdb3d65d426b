// The command lines in a newcomer's hands: what is mistyped, forgotten or not allowed is told as
// what, why, and what to do.
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folder, program, run } from '../kit/programs.mjs';

const NOBODY = 65534;
const needsRoot = { skip: process.getuid() === 0 ? false : 'only root can be another user' };

async function installation(t) {
    const dir = await folder(t);
    const conf = path.join(dir, 'tollbook.conf');
    const database = path.join(dir, 'data/tollbook.db');
    await mkdir(path.dirname(database));
    await writeFile(conf, `database = ${database}\nsecret_key_file = ${dir}/data/secret.key\n`);
    const says = async (name, ...args) => run(program(name), [...args, '--config', conf]);
    const made = await says('tollbook-admin', 'init');
    assert.equal(made.code, 0, made.err);
    const asNobody = (name, ...args) =>
        run('setpriv', [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', program(name), ...args, '--config', conf]);
    return { dir, conf, database, says, asNobody };
}

describe('what is mistyped or forgotten', () => {
    for (const [line, expected] of [
        ['tollbook-sync statsu', 'Nothing done: "statsu" is no command: did you mean status?'],
        ['tollbook-sync frobnicate', 'Nothing done: "frobnicate" is no command: tollbook-sync --help lists them'],
        ['tollbook-sync run', 'Nothing done: run of what?: write tollbook-sync run CHANNEL'],
        ['tollbook-sync export', 'Nothing done: export of what?: write tollbook-sync export ENTITY'],
        ['tollbook-sync run my shop', 'Nothing done: "shop" is one word too many for run: put a name with blanks into quotes'],
        ['tollbook-sync due now', 'Nothing done: "now" is one word too many for due: put a name with blanks into quotes'],
        ['tollbook-sync export ordrs', 'Nothing exported: "ordrs" is no entity: did you mean order?'],
        ['tollbook-sync run shop --entity costumer', 'Option not read: "costumer" is no entity: did you mean customer?'],
        ['tollbook-admin bakcup file', 'Nothing done: "bakcup" is no command: did you mean backup?'],
        ['tollbook-admin user', 'Nothing done: which of user add, user list, user password, user deactivate?: write one of them'],
        ['tollbook-admin channel remove shop', 'Nothing done: which of channel add, channel list?: write one of them'],
        ['tollbook-admin usr add anna', 'Nothing done: "usr add" is no command: did you mean user add?'],
        ['tollbook-admin user add', 'Nothing done: user add of what?: write tollbook-admin user add NAME'],
        ['tollbook-admin backup a b c d', 'Nothing done: "b" is one word too many for backup: put a name with blanks into quotes'],
    ]) {
        test(line, async (t) => {
            const { says } = await installation(t);
            const done = await says(...line.split(' '));
            assert.deepEqual([done.code, done.err.trim(), done.out], [64, expected, '']);
        });
    }

    for (const name of ['tollbook', 'tollbook-sync', 'tollbook-admin']) {
        test(`${name} with an option that is none`, async () => {
            const done = await run(program(name), ['--nonsense']);
            assert.equal(done.code, 64);
            assert.match(done.err, new RegExp(`^\\S+: unrecognized option '--nonsense'\n${name} --help lists [a-z ]+\n$`));
        });
    }
});

describe('what this user may not', () => {
    for (const [name, ...args] of [['tollbook-sync', 'status'], ['tollbook-sync', 'due'], ['tollbook-admin', 'user', 'list'],
        ['tollbook-admin', 'upgrade'], ['tollbook-admin', 'backup', 'x.db']]) {
        test(`${name} ${args.join(' ')} as another user names the one who may`, needsRoot, async (t) => {
            const { dir, database, asNobody } = await installation(t);
            const words = `Database not opened: ${database}: Permission denied: run this as the user root`;
            await chmod(dir, 0o755);
            await chmod(path.dirname(database), 0o700); // not even to be looked at
            const closed = await asNobody(name, ...args);
            assert.deepEqual([closed.code, closed.err.trim()], [2, words]);
            await chmod(path.dirname(database), 0o755); // to be seen, not to be read
            const open = await asNobody(name, ...args);
            assert.deepEqual([open.code, open.err.trim()], [2, words]);
            await chmod(database, 0o666); // to be read and written, without room for its log
            const alone = await asNobody(name, ...args);
            assert.deepEqual([alone.code, alone.err.trim()], [2, words]);
        });
    }

    test('without a database there is nothing to be allowed: init', async (t) => {
        const { dir, conf } = await installation(t);
        await writeFile(conf, `database = ${dir}/other.db\nsecret_key_file = ${dir}/secret.key\n`);
        const done = await run(program('tollbook-sync'), ['status', '--config', conf]);
        assert.deepEqual([done.code, done.err.trim()],
            [2, `Database not opened: ${dir}/other.db does not exist: run tollbook-admin init`]);
    });

    test('a backup into a folder that is not there, or is not ours', async (t) => {
        const { dir, says, asNobody, database } = await installation(t);
        const missing = await says('tollbook-admin', 'backup', `${dir}/nowhere/copy.db`);
        assert.deepEqual([missing.code, missing.err.trim()],
            [2, `Backup not written: folder ${dir}/nowhere: No such file or directory: make it first`]);
        if (process.getuid() !== 0) {
            return;
        }
        await chmod(dir, 0o755);
        await chown(path.dirname(database), NOBODY, NOBODY);
        await chown(database, NOBODY, NOBODY);
        const refused = await asNobody('tollbook-admin', 'backup', `${dir}/copy.db`);
        assert.deepEqual([refused.code, refused.err.trim()],
            [2, `Backup not written: folder ${dir}: Permission denied: choose one that this user may write to`]);
    });

    test('a backup that is not there is no matter of init', async (t) => {
        const { dir, says } = await installation(t);
        const done = await says('tollbook-admin', 'restore', `${dir}/copy.db`);
        assert.deepEqual([done.code, done.err.trim()],
            [2, `Backup not restored: ${dir}/copy.db: No such file or directory: correct the name`]);
    });
});

test('files beside the database are for both users of the group, whatever the umask', async (t) => {
    const { dir, conf, database } = await installation(t);
    await writeFile(path.join(dir, 'key'), 'secret\n');
    const script = `umask 077; '${program('tollbook-admin')}' channel add shop --url https://127.0.0.1:9/ --user u ` +
        `--key-file '${dir}/key' --config '${conf}' && '${program('tollbook-sync')}' run shop --config '${conf}'`;
    const done = await run('sh', ['-c', script]);
    assert.equal(done.code, 2, 'there is no store');
    const mode = async (end) => (await stat(database + end)).mode & 0o777;
    assert.deepEqual([await mode(''), await mode('.channel-1.lock')], [0o660, 0o660]);
});
