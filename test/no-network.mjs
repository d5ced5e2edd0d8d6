// With `node --import` every way to the network throws, so that whatever still works needs none.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

function refuse() {
	throw new Error('This program tried to reach the network.');
}

net.connect = refuse;
net.createConnection = refuse;
net.Socket.prototype.connect = refuse;
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
	dns[name] = refuse;
	dns.promises[name] = refuse;
}
globalThis.fetch = refuse;
syncBuiltinESMExports();
