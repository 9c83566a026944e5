// The SharedWorker: holds one live stream per channel for all tabs of this browser, until the last of them has gone.

import { SharedStream } from "./live-stream.js";

const rooms = new Map();

function leave(port) {
  for (const [channel, room] of rooms) {
    if (!room.ports.delete(port) || room.ports.size) continue;
    room.shared.close();
    rooms.delete(channel);
  }
}

function follow(port, { channel, after, from, tab }) {
  let room = rooms.get(channel);
  if (room) {
    for (const told of room.shared.catchUp(from)) port.postMessage(told);
  } else {
    room = { ports: new Set() };
    const { ports } = room;
    room.shared = new SharedStream(channel, after, (told) => ports.forEach((one) => one.postMessage(told)));
    rooms.set(channel, room);
  }
  room.ports.add(port);
  // A tab holds this lock while it lives: getting it means that the tab has gone without a word.
  navigator.locks?.request(tab, () => leave(port));
}

globalThis.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => (data.leave ? leave(port) : follow(port, data.follow));
};
