// A small mail server: it takes mails, and misbehaves on request.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { TLSSocket, createServer as createTls } from 'node:tls';

// The text of a mail, its headers by lower-case name, unfolded.
function read(lines) {
    const end = lines.indexOf('');
    const headers = {};
    const head = lines.slice(0, end).join('\n').replace(/\n[ \t]+/g, ' ');
    for (const line of head.split('\n')) {
        const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
        headers[name?.toLowerCase()] = value;
    }
    const body = lines.slice(end + 1);
    return { lines, headers, body, text: Buffer.from(body.join(''), 'base64').toString() };
}

// An encoded subject as a person reads it.
export const decode = (words) =>
    words.replace(/=\?UTF-8\?B\?([^?]*)\?=\s*/g, (_, text) => Buffer.from(text, 'base64').toString('latin1'))
        .split('').map((c) => c.charCodeAt(0)).reduce((bytes, c) => (bytes.push(c), bytes), [])
        .reduce((_, __, i, all) => (i === all.length - 1 ? Buffer.from(all).toString() : ''), '');

// how: greeting ('220 ...', '421 ...', null: silence), slow (ms before each answer), refuse: {MAIL: '550 no', ...},
// tls: {key, cert} (smtps), starttls: {key, cert} (on request), lines: of the answer to EHLO, drop: at that command.
export class Mailbox {
    static async start(t, how = {}, host = '127.0.0.1') {
        const box = new Mailbox(how);
        box.server = how.tls ? createTls(how.tls, (s) => box.serve(s)) : createServer((s) => box.serve(s));
        box.server.on('tlsClientError', () => {});
        box.server.listen(0, host);
        await once(box.server, 'listening');
        box.port = box.server.address().port;
        box.url = `${how.tls ? 'smtps' : 'smtp'}://${host}:${box.port}`;
        t.after(() => {
            box.sockets.forEach((s) => s.destroy());
            box.server.close();
        });
        return box;
    }

    constructor(how) {
        this.how = how;
        this.mails = [];
        this.commands = [];
        this.sockets = new Set();
    }

    serve(socket) {
        this.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => this.sockets.delete(socket));
        if (this.how.greeting !== null) {
            socket.write(`${this.how.greeting ?? '220 box.example ready'}\r\n`);
        }
        this.talk(socket);
    }

    // From the greeting on, and once more from the beginning when the line has been encrypted.
    talk(socket) {
        const answer = (text) => setTimeout(() => socket.writable && socket.write(`${text}\r\n`), this.how.slow ?? 0);
        let rest = '';
        let data = null;
        let mail = {};
        socket.on('data', (piece) => {
            rest += piece.toString('latin1');
            for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
                const line = rest.slice(0, at);
                rest = rest.slice(at + 2);
                if (data && line === '.') {
                    this.mails.push({ ...mail, ...read(data) });
                    data = null;
                    answer(this.how.refuse?.END ?? '250 taken');
                } else if (data) {
                    data.push(line.startsWith('.') ? line.slice(1) : line);
                } else {
                    data = this.command(line, mail, answer, socket);
                }
            }
        });
    }

    // Gives the lines of a mail that begins.
    command(line, mail, answer, socket) {
        const verb = line.split(/[ :]/)[0].toUpperCase();
        this.commands.push(line);
        if (mail.isLoggingIn) {
            mail.isLoggingIn = false;
            this.login = Buffer.from(line, 'base64').toString();
            answer('235 welcome');
        } else if (this.how.drop === verb) {
            socket.destroy();
        } else if (this.how.refuse?.[verb]) {
            answer(this.how.refuse[verb]);
        } else if (verb === 'STARTTLS' && this.how.starttls) {
            socket.removeAllListeners('data');
            socket.write('220 go on\r\n');
            this.isEncrypted = true;
            const secured = new TLSSocket(socket, { isServer: true, ...this.how.starttls });
            secured.on('error', () => {});
            this.talk(secured);
        } else if (verb === 'EHLO') {
            const lines = this.how.lines ?? ['250-box.example', '250-AUTH PLAIN LOGIN', '250 SIZE 100000'];
            answer([...(this.how.starttls && !this.isEncrypted ? ['250-STARTTLS'] : []), ...lines].join('\r\n'));
        } else if (verb === 'MAIL') {
            Object.assign(mail, { from: line, to: [] });
            answer('250 ok');
        } else if (verb === 'RCPT') {
            mail.to.push(/<([^>]*)>/.exec(line)[1]);
            answer('250 ok');
        } else if (verb === 'DATA') {
            answer('354 go on');
            return [];
        } else if (verb === 'AUTH') {
            mail.isLoggingIn = true; // AUTH PLAIN: the words come in the next line
            answer('334 ');
        } else if (verb === 'QUIT') {
            answer('221 bye');
            socket.end();
        } else {
            answer('500 what');
        }
        return null;
    }
}
