// A web server's side of FastCGI, as small as a test needs it: one request over a unix socket.
import { once } from 'node:events';
import { connect } from 'node:net';

const BEGIN = 1, PARAMS = 4, STDIN = 5, STDOUT = 6, END = 3;

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

function length(n) {
  if (n < 128) return Buffer.from([n]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE((n | 0x80000000) >>> 0);
  return four;
}

function pairs(variables) {
  return Buffer.concat(Object.entries(variables).flatMap(([name, value]) => {
    const [n, v] = [Buffer.from(name), Buffer.from(value)];
    return [length(n.length), length(v.length), n, v];
  }));
}

// Sends the head of a request; the body follows with body(text), the answer comes from answer().
export async function open(path, variables) {
  const socket = connect(path);
  const parts = [];
  await once(socket, 'connect');
  socket.on('data', (part) => parts.push(part));
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])));
  const params = pairs(variables);
  for (let at = 0; at < params.length; at += 65528) socket.write(record(PARAMS, params.subarray(at, at + 65528)));
  socket.write(record(PARAMS, Buffer.alloc(0)));
  return {
    socket,
    body: (text) => socket.write(record(STDIN, Buffer.from(text))),
    // isComplete false: the body never comes to its end
    answer: async (isComplete = true) => {
      if (isComplete) socket.write(record(STDIN, Buffer.alloc(0)));
      await closed;
      return answerOf(Buffer.concat(parts));
    },
  };
}

function answerOf(bytes) {
  const out = [];
  let ended = false;
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === STDOUT) out.push(bytes.subarray(at + 8, at + 8 + size));
    ended ||= bytes[at + 1] === END;
    at += 8 + size + bytes[at + 6];
  }
  const text = Buffer.concat(out).toString();
  return { ended, text, status: parseInt(text.match(/^Status: (\d+)/)?.[1] ?? '0', 10) };
}

export async function get(path, uri, more = {}) {
  const request = await open(path, { REQUEST_METHOD: 'GET', REQUEST_URI: uri, REMOTE_ADDR: '192.0.2.7', ...more });
  return request.answer();
}
